"""The share of each day's rows that have a label: the darker the strip, the more of the truth has come."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.charts.framing import COLOURS, STRIP, Spec, framed


def labels_chart(arrived: Mapping[str, Any], *, height: int = STRIP) -> Spec:
    """`arrived` is the API's answer. Days without rows are left out."""
    rows = [
        {"day": day["day"], "share": round(100 * day["share"], 2), "words": f"{day['labelled']:,} of {day['rows']:,}"}
        for day in arrived["days"]
        if day["share"] is not None
    ]
    x = {
        "field": "day",
        "type": "temporal",
        "timeUnit": "utcyearmonthdate",
        "scale": {"type": "utc", "domain": [arrived["start"], arrived["end"]]},
        "axis": {"title": None, "format": "%-d %b %Y", "tickCount": 6},
    }
    y = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": {"title": None, "values": [0, 100], "labelExpr": "datum.value + ' %'"},
    }
    tips = [
        {"field": "day", "timeUnit": "utcyearmonthdate", "type": "temporal", "title": "day", "format": "%-d %b %Y"},
        {"field": "share", "type": "quantitative", "title": "rows with a label, %", "format": ".3~g"},
        {"field": "words", "type": "nominal", "title": "rows"},
    ]
    bar = {"type": "bar", "color": COLOURS["reference"], "width": {"band": 0.8}, "minBandSize": 1}
    marks: Spec = {
        "padding": {"left": 2, "right": 70, "top": 6, "bottom": 2},
        "data": {"values": rows},
        "mark": bar,
        "encoding": {"x": x, "y": y, "tooltip": tips},
    }
    return framed(marks, description="The share of rows that have a label, by day.", height=height)
