"""How well the rows of the last days are told from the reference's, by day, with its interval."""

from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.charts.framing import COLOURS, SMALL, Spec, framed
from watchkeeper.charts.palette import LIGHT

HALF = 0.5
MARGIN = 0.02


def apart_chart(days: Sequence[Mapping[str, Any]]) -> Spec:
    """`days`: {"day", "verdict", "auc", "low", "high"}, in their order; those that were not judged are left out."""
    rows = [
        {name: each[name] for name in ("day", "verdict", "auc", "low", "high")}
        for each in days
        if each["auc"] is not None
    ]
    lowest = min([HALF, *(row["low"] for row in rows)]) - MARGIN
    highest = max([0.6, *(row["high"] for row in rows)]) + MARGIN
    y: Spec = {
        "type": "quantitative",
        "scale": {"domain": [round(max(lowest, 0.0), 2), round(min(highest, 1.0), 2)], "clamp": True},
        "axis": {"title": None, "format": ".2f", "tickCount": 4},
    }
    day = {"field": "day", "timeUnit": "utcyearmonthdate", "type": "temporal", "title": "up to", "format": "%-d %b %Y"}
    numbers = [{"field": name, "type": "quantitative", "format": ".3f"} for name in ("auc", "low", "high")]
    band = {"type": "area", "color": COLOURS["champion"], "opacity": 0.14, "interpolate": "monotone"}
    alike = {"data": {"values": [{"half": HALF}]}, "mark": {"type": "rule", "color": LIGHT.edge, "strokeDash": [3, 3]}}
    drifted = {"test": "datum.verdict === 'drifted'", "value": LIGHT.bad}
    marks: Spec = {
        "padding": {"left": 2, "right": 4, "top": 10, "bottom": 2},
        "data": {"values": rows},
        "encoding": {
            "x": {
                "field": "day",
                "type": "temporal",
                "scale": {"type": "utc"},
                "axis": {"title": None, "format": "%-d %b %Y", "tickCount": 5},
            },
            "tooltip": [day, {"field": "verdict", "type": "nominal"}, *numbers],
        },
        "layer": [
            {"mark": band, "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}}},
            {**alike, "encoding": {"x": None, "y": {"field": "half", **y}, "tooltip": None}},
            {
                "mark": {"type": "line", "color": COLOURS["champion"], "strokeWidth": 1.75},
                "encoding": {"y": {"field": "auc", **y}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 26},
                "encoding": {
                    "y": {"field": "auc", **y},
                    "color": {"condition": drifted, "value": COLOURS["champion"]},
                    "shape": {"condition": {**drifted, "value": "square"}, "value": "circle"},
                },
            },
        ],
    }
    described = "How well rows up to each day are told from the reference's: AUC with its interval; 0.5 is not at all."
    return framed(marks, description=described, height=SMALL)
