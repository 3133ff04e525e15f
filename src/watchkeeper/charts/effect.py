"""The size of a column's change by day, with its interval, and the size from which it matters."""

from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.charts.framing import COLOURS, SMALL, Spec, framed
from watchkeeper.charts.palette import LIGHT
from watchkeeper.charts.uprights import NOTHING, Marks, uprights

Item = Mapping[str, Any]
DRIFTED, UNKNOWN = (f"datum.verdict === '{verdict}'" for verdict in ("drifted", "not enough data"))


def effect_chart(name: str, days: Sequence[Item], *, floor: float, marks: Marks = NOTHING) -> Spec:
    """`days`: {"day", "verdict", "effect", "low", "high"}, of the days that were judged; `floor` is a shape's. Of
    `marks` those are drawn that lie within these days. What too few rows say is quiet."""
    rows = [dict(each) for each in days if each["effect"] is not None]
    known = [row for row in rows if row["verdict"] != "not enough data"]
    highest = max((row["high"] or row["effect"] for row in known), default=floor)
    top = max(min(highest, 4 * max((row["effect"] for row in rows), default=0.0)), 2 * floor)
    y = {"type": "quantitative", "scale": {"domain": [0, top], "clamp": True, "nice": True}}
    day = {"field": "day", "timeUnit": "utcyearmonthdate", "type": "temporal", "title": "day", "format": "%-d %b %Y"}
    sizes = [{"field": field, "type": "quantitative", "format": ".3~f"} for field in ("effect", "low", "high")]
    floor_row = {"data": {"values": [{"floor": floor, "words": "from here on it matters"}]}}
    within = marks.within(days[0]["day"], days[-1]["day"]) if days else NOTHING
    drawn: Spec = {
        "padding": {"left": 2, "right": 4, "top": 10 + within.rows, "bottom": 2},
        "data": {"values": rows},
        "encoding": {
            "x": {
                "field": "day",
                "type": "temporal",
                "scale": {"type": "utc"},
                "axis": {"title": None, "format": "%-d %b %Y", "tickCount": 5},
            },
            "tooltip": [day, {"field": "verdict", "type": "nominal"}, *sizes],
        },
        "layer": [
            {
                "transform": [{"filter": f"!({UNKNOWN})"}],
                "mark": {"type": "rule", "strokeWidth": 3, "color": LIGHT.reference_band, "clip": True},
                "encoding": {"y": {"field": "low", **y, "axis": {"title": None}}, "y2": {"field": "high"}},
            },
            {
                **floor_row,
                "mark": {"type": "rule", "color": LIGHT.edge, "strokeDash": [3, 3]},
                "encoding": {"x": None, "y": {"field": "floor", **y}, "tooltip": None},
            },
            {
                "mark": {"type": "point", "filled": True},
                "encoding": {
                    "y": {"field": "effect", **y},
                    "color": {
                        "condition": [
                            {"test": DRIFTED, "value": LIGHT.bad},
                            {"test": UNKNOWN, "value": LIGHT.edge},
                        ],
                        "value": COLOURS["champion"],
                    },
                    "size": {"condition": {"test": UNKNOWN, "value": 6}, "value": 26},
                    "shape": {"condition": {"test": DRIFTED, "value": "square"}, "value": "circle"},
                },
            },
            *(uprights(within, start=days[0]["day"], end=days[-1]["day"]) if days else ()),
        ],
    }
    described = f"The size of the change of {name} by day, with the interval that holds it with 90 %."
    return framed(drawn, description=described, height=SMALL, legend=within.legend)
