"""Segments beside each other: the share of rows in each, before the share in the reference."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.charts.framing import COLOURS, SMALL, TALL, Spec, framed
from watchkeeper.charts.palette import LIGHT

MOST, FEW = 12, 4
"""Segments that are drawn, those that concern most first; and how many a small chart has room for."""


def segments_chart(found: Mapping[str, Any]) -> Spec:
    """`found` is the API's answer: {"column", "segments": [{"segment", "rows", "share", "reference_share",
    "verdict"}]}."""
    shown = found["segments"][:MOST]
    rows = [{**each, "verdict": str(each["verdict"] or "no rows")} for each in shown]
    y = {"field": "segment", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 160}}
    axis = {"title": f"share of rows by {found['column']}", "format": "~%", "tickCount": 5, "grid": True}
    x = {"type": "quantitative", "axis": axis, "scale": {"zero": True}}
    tooltip = [
        {"field": "segment", "type": "nominal", "title": found["column"]},
        {"field": "rows", "type": "quantitative", "format": ",", "title": "rows"},
        {"field": "share", "type": "quantitative", "format": ".1%", "title": "share"},
        {"field": "reference_share", "type": "quantitative", "format": ".1%", "title": "in the reference"},
        {"field": "verdict", "type": "nominal", "title": "verdict"},
    ]
    bar = {"type": "bar", "cornerRadiusEnd": 2}
    marks: Spec = {
        "padding": 4,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {**bar, "height": {"band": 0.8}, "color": LIGHT.reference_band},
                "encoding": {"y": y, "x": {**x, "field": "reference_share"}, "tooltip": tooltip},
            },
            {
                "mark": {**bar, "height": {"band": 0.35}, "color": COLOURS["champion"]},
                "encoding": {"y": y, "x": {**x, "field": "share"}, "tooltip": tooltip},
            },
        ],
    }
    description = f"Shares of rows by {found['column']}, {found['start']} to {found['end']}; the band is the reference."
    return framed(marks, description=description, height=SMALL if len(rows) <= FEW else TALL)
