"""Challenger less champion by day, each day with its interval; the whole period's as a band, and zero as a line."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.charts.framing import COLOURS, TALL, Spec, framed
from watchkeeper.charts.palette import LIGHT
from watchkeeper.charts.performance import PERCENT, TITLES

SMALL_FROM = 45
"""Days from which points are small."""


def comparison_chart(comparison: Mapping[str, Any], *, height: int = TALL) -> Spec:
    """`comparison` is the API's answer. Days without a difference leave a gap."""
    name = comparison["metric"]
    scale, unit = (100, f"{TITLES[name]}, percentage points") if name in PERCENT else (1, TITLES[name])
    rows = [_row(each, scale) for each in comparison["days"] if each["difference"] is not None]
    x = {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [comparison["start"], comparison["end"]]},
        "axis": {"title": None, "format": "%-d %b %Y", "tickCount": 6},
    }
    y = {"type": "quantitative", "axis": _axis(unit), "scale": {"zero": True, "nice": True}}
    marks: Spec = {
        "padding": {"left": 2, "right": 12, "top": 16, "bottom": 2},
        "data": {"values": rows},
        "layer": [*_whole(comparison, scale), _zero(), _intervals(x, y), _points(x, y, few=len(rows) < SMALL_FROM)],
    }
    description = f"{TITLES[name].capitalize()}, challenger less champion, by day with its 95 % interval."
    return framed(marks, description=description, height=height)


def _row(each: Mapping[str, Any], scale: float) -> dict[str, Any]:
    numbers = {part: _scaled(each[part], scale) for part in ("difference", "low", "high")}
    return {"day": each["day"], "rows": each["rows"], **numbers}


def _axis(unit: str) -> Spec:
    title = {"title": unit, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0, "titleY": -8}
    return {**title, "titleBaseline": "bottom", "tickCount": 5}


def _whole(comparison: Mapping[str, Any], scale: float) -> list[Spec]:
    of = comparison["of"] or {}
    if of.get("low") is None:
        return []
    span = {name: _scaled(of[name], scale) for name in ("low", "high", "difference")}
    low, high = ({"field": name, "type": "quantitative"} for name in ("low", "high"))
    band = {"type": "rect", "color": COLOURS["reference"], "opacity": 0.22}
    middle = {"type": "rule", "color": COLOURS["reference"], "strokeWidth": 1.5}
    return [
        {"data": {"values": [span]}, "mark": band, "encoding": {"y": low, "y2": {"field": high["field"]}}},
        {"data": {"values": [span]}, "mark": middle, "encoding": {"y": {**low, "field": "difference"}}},
    ]


def _zero() -> Spec:
    mark = {"type": "rule", "color": LIGHT.ink, "strokeWidth": 1, "strokeDash": [2, 2]}
    return {
        "data": {"values": [{"zero": 0}]},
        "mark": mark,
        "encoding": {"y": {"field": "zero", "type": "quantitative"}},
    }


def _intervals(x: Spec, y: Spec) -> Spec:
    mark = {"type": "rule", "color": COLOURS["challenger"], "opacity": 0.45, "strokeWidth": 1.5}
    there = [{"filter": "isValid(datum.low)"}]
    return {"transform": there, "mark": mark, "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}}


def _points(x: Spec, y: Spec, *, few: bool) -> Spec:
    mark = {"type": "point", "filled": True, "opacity": 1, "color": COLOURS["challenger"], "size": 40 if few else 14}
    numbers = (("difference", "challenger less champion"), ("low", "from"), ("high", "to"))
    tips = [
        {"field": "day", "timeUnit": "utcyearmonthdate", "type": "temporal", "title": "day", "format": "%-d %b %Y"},
        *({"field": name, "type": "quantitative", "title": title, "format": ".3~g"} for name, title in numbers),
        {"field": "rows", "type": "quantitative", "title": "rows that both answered", "format": ","},
    ]
    return {"mark": mark, "encoding": {"x": x, "y": {**y, "field": "difference"}, "tooltip": tips}}


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else round(value * scale, 6)
