"""A firing: its signal by day, the threshold, and the days on which it was open."""

from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.charts.framing import COLOURS, SMALL, Spec, framed
from watchkeeper.charts.palette import LIGHT


def firing_chart(firing: Mapping[str, Any], readings: Sequence[Mapping[str, Any]], *, start: str, end: str) -> Spec:
    """`firing` is the API's; a reading has `day`, `value`, and `low` and `high` where it has an interval. Shares are
    drawn as percentages."""
    scale = 100 if firing["percent"] else 1
    rows = [
        {"day": each["day"], **{name: _scaled(each.get(name), scale) for name in ("value", "low", "high")}}
        for each in readings
        if each["value"] is not None
    ]
    band = {"start": firing["since"], "end": firing["until"]}
    limit = {"limit": _scaled(firing["threshold"], scale)}
    x = {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [start, end]},
        "axis": {"title": None, "format": "%-d %b %Y", "tickCount": 6},
    }
    y_axis = {
        "title": firing["unit"],
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "end",
        "titleY": -8,
        "titleX": 0,
        "tickCount": 4,
    }
    if all(float(row["value"]).is_integer() for row in rows) and not firing["percent"]:
        y_axis |= {"tickMinStep": 1, "format": ",d"}
    y = {"field": "value", "type": "quantitative", "axis": y_axis, "scale": {"zero": firing["zero"], "nice": True}}
    day = {"field": "day", "timeUnit": "utcyearmonthdate", "type": "temporal", "title": "day", "format": "%-d %b %Y"}
    tips = [day, {"field": "value", "type": "quantitative", "title": "value", "format": ".4~f"}]
    marks: Spec = {
        "padding": {"left": 2, "right": 70, "top": 16, "bottom": 2},
        "data": {"values": rows},
        "layer": [
            {
                "data": {"values": [band]},
                "mark": {"type": "rect", "color": LIGHT.bad, "opacity": 0.12, "minBandSize": 3},
                "encoding": {"x": {**x, "field": "start"}, "x2": {"field": "end", "type": "temporal"}},
            },
            *([_interval(x)] if any(row["low"] is not None for row in rows) else []),
            {
                "mark": {"type": "line", "color": COLOURS["champion"], "strokeWidth": 1.5, "point": {"size": 14}},
                "encoding": {"x": x, "y": y, "tooltip": tips},
            },
            {
                "data": {"values": [limit]},
                "mark": {"type": "rule", "color": LIGHT.bad, "strokeDash": [4, 3]},
                "encoding": {"y": {"field": "limit", "type": "quantitative"}},
            },
            {
                "data": {"values": [{**limit, "day": end}]},
                "mark": {"type": "text", "align": "left", "dx": 6, "color": LIGHT.bad, "fontSize": 11, "text": "limit"},
                "encoding": {"x": x, "y": {"field": "limit", "type": "quantitative"}},
            },
        ],
    }
    return framed(marks, description=f"{firing['sentence']} By day, with its limit.", height=SMALL)


def _interval(x: Spec) -> Spec:
    area = {"type": "area", "color": COLOURS["champion"], "opacity": 0.15}
    low = {"field": "low", "type": "quantitative"}
    return {"mark": area, "encoding": {"x": x, "y": low, "y2": {"field": "high"}}}


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else round(value * scale, 6)
