"""One column over time: a strip of colour a group, darker where it held a larger share of the rows."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.charts.framing import TALL, Spec, framed
from watchkeeper.charts.palette import LIGHT

ASIDE = ("missing", "other", "new", "values between")
"""Drawn only where they hold something."""
NUMBERS = ("numeric", "integer")
UNITS = {"hour": "yearmonthdatehours", "day": "yearmonthdate", "month": "yearmonth"}
FORMATS = {"hour": "%-d %b, %H:%M", "day": "%-d %b %Y", "month": "%b %Y"}


def profiles_chart(found: Mapping[str, Any], *, height: int = TALL) -> Spec:
    """`found` is the API's answer: {"column", "kind", "by", "groups": [{"label", "bins"}], "profiles": [{"start",
    "rows", "counts"}]}. Large numbers stand above small ones."""
    rows = [
        {"start": each["start"][:16], "group": group["label"], "share": _share(each["counts"], group["bins"])}
        for each in found["profiles"]
        for group in found["groups"]
    ]
    held = {row["group"] for row in rows if row["share"]}
    rows = [row for row in rows if row["group"] not in ASIDE or row["group"] in held]
    form = FORMATS[found["by"]]
    axis = {"title": None, "format": form, "tickCount": 6}
    across = {"field": "start", "type": "temporal", "timeUnit": UNITS[found["by"]], "axis": axis}
    labels = [group["label"] for group in found["groups"]]
    plain = [label for label in labels if label not in ASIDE]
    order = plain[::-1] if found["kind"] in NUMBERS else plain
    sort = [*order, *(label for label in labels if label in ASIDE and label in held)]
    colour = {
        "field": "share",
        "type": "quantitative",
        "scale": {"range": [LIGHT.surface, LIGHT.champion], "interpolate": "rgb", "domainMin": 0},
        "legend": {
            "title": "share of rows",
            "format": "~%",
            "orient": "top",
            "gradientLength": 140,
            "gradientThickness": 8,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "labelColor": LIGHT.quiet,
            "titleColor": LIGHT.quiet,
            "titleFontWeight": "normal",
        },
    }
    tooltip = [
        {"field": "start", "type": "temporal", "title": found["by"], "format": form},
        {"field": "group", "type": "nominal", "title": found["column"]},
        {"field": "share", "type": "quantitative", "format": ".1%", "title": "share of rows"},
    ]
    marks = {
        "padding": 4,
        "data": {"values": rows},
        "mark": {"type": "rect"},
        "encoding": {
            "x": across,
            "y": {"field": "group", "type": "ordinal", "sort": sort, "axis": {"title": None}},
            "color": colour,
            "tooltip": tooltip,
        },
    }
    description = f"{found['column']} of the {found['role']} by {found['by']}: shares of rows in each group of values."
    return framed(marks, description=description, height=height)


def _share(counts: list[int], bins: list[int]) -> float:
    total = sum(counts)
    return round(sum(counts[place] for place in bins) / total, 4) if total else 0.0
