"""One measure of what a process or the machine consumes, over time."""

from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.charts.framing import SMALL, Spec, framed
from watchkeeper.charts.palette import LIGHT

MEASURES = {
    "cpu": ("processors kept busy", 1.0, ".2~f"),
    "load": ("waiting to run", 1.0, ".2~f"),
    "memory": ("memory, MB", 1e6, ",.0f"),
    "swap": ("swap, MB", 1e6, ",.0f"),
    "disk": ("disk, GB", 1e9, ",.1~f"),
    "files": ("open files", 1.0, ",.0f"),
    "threads": ("threads", 1.0, ",.0f"),
    "read": ("read, kB a second", 1e3, ",.0f"),
    "written": ("written, kB a second", 1e3, ",.0f"),
    "gpu": ("GPUs kept busy", 1.0, ".2~f"),
    "gpu_memory": ("GPU memory, MB", 1e6, ",.0f"),
}
"""By measure: its unit in words, what one of that unit is, and how a number of it is written."""


def resources_chart(
    resources: Mapping[str, Any], *, process: str = "machine", measure: str = "memory", height: int = SMALL
) -> Spec:
    """`resources` is the API's answer: {"start", "end", "items": [{"at", "process", "pid", "memory", …}]}.

    The line is the mean of each bucket, the shade above it the highest; a new pid begins a new line. What there is
    of it on the machine (`memory_total`) bounds the axis of the machine's own measure.
    """
    unit, scale, number_format = MEASURES[measure]
    rows = _rows(resources["items"], process, measure, scale)
    y = {"field": "mean", "type": "quantitative", "axis": _axis(unit, number_format), "scale": _scale(rows)}
    split = {"detail": {"field": "pid", "type": "nominal"}}
    marks: Spec = {
        "padding": {"left": 2, "right": 4, "top": 10, "bottom": 2},
        "data": {"values": rows},
        "encoding": {"x": _time(resources), **split},
        "layer": [
            {
                "mark": {"type": "area", "color": LIGHT.accent, "opacity": 0.16},
                "encoding": {"y": y, "y2": {"field": "highest"}},
            },
            {
                "mark": {"type": "line", "color": LIGHT.accent, "strokeWidth": 1.75, "strokeCap": "round"},
                "encoding": {"y": y, "tooltip": _tooltip(unit, number_format)},
            },
        ],
    }
    return framed(marks, description=f"{process}, {unit}, over time.", height=height)


def _rows(items: Sequence[Mapping[str, Any]], process: str, measure: str, scale: float) -> list[dict[str, Any]]:
    return [
        {
            "at": _plain(each["at"]),
            "pid": each["pid"],
            "mean": round(each[measure] / scale, 3),
            "highest": round(each[f"{measure}_highest"] / scale, 3),
            "total": round(each[f"{measure}_total"] / scale, 3) if each.get(f"{measure}_total") else None,
        }
        for each in items
        if each["process"] == process and each.get(measure) is not None
    ]


def _scale(rows: Sequence[Mapping[str, Any]]) -> Spec:
    """From nothing to all there is, where that is known."""
    total = max((row["total"] or 0.0 for row in rows), default=0.0)
    return {"domain": [0, total]} if total else {"zero": True, "nice": True}


def _time(resources: Mapping[str, Any]) -> Spec:
    return {
        "field": "at",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [_plain(resources["start"]), _plain(resources["end"])]},
        "axis": {"title": None, "tickCount": 5},
    }


def _axis(unit: str, number_format: str) -> Spec:
    """Its title lies above it, where it can be read without turning the head."""
    place = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0, "titleY": -4}
    return {"title": unit, **place, "titleBaseline": "bottom", "format": number_format, "tickCount": 3}


def _tooltip(unit: str, number_format: str) -> list[Spec]:
    moment = {"field": "at", "timeUnit": "utcyearmonthdatehoursminutes", "type": "temporal", "title": "at (UTC)"}
    numbers = [("mean", unit), ("highest", "highest")]
    fields = [
        {"field": field, "type": "quantitative", "title": title, "format": number_format} for field, title in numbers
    ]
    return [moment, *fields, {"field": "pid", "type": "nominal", "title": "pid"}]


def _plain(at: Any) -> str:
    return at if isinstance(at, str) else str(at.isoformat())
