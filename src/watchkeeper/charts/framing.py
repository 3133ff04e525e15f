"""What every chart has in common: the frame around the marks."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from watchkeeper.charts.palette import LIGHT

Spec: TypeAlias = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"

TALL = 260
SMALL = 168
STRIP = 84
"""Heights in pixels; the stylesheet keeps the same space free (`.chart-tall`, `.chart-small`, `.chart-strip`)."""

COLOURS = {"champion": LIGHT.champion, "challenger": LIGHT.challenger, "reference": LIGHT.reference}
ROLES = ("champion", "challenger")


def framed(marks: Spec, *, description: str, height: int, legend: Sequence[str] = ()) -> Spec:
    """A whole spec: as wide as the place it stands in, `height` pixels high with its axes. The lines of `legend` stand
    below it where it is saved."""
    return {
        "$schema": SCHEMA,
        "description": description,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": LIGHT.surface,
        **marks,
        "config": _config(),
        "usermeta": {"palette": LIGHT.items(), **({"legend": list(legend)} if legend else {})},
    }


def _config() -> Spec:
    axis = {
        "labelColor": LIGHT.quiet,
        "labelFontSize": 12,
        "labelPadding": 6,
        "titleColor": LIGHT.quiet,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domain": False,
        "ticks": False,
        "gridColor": LIGHT.line,
    }
    return {
        "font": FONT,
        "aria": False,
        "view": {"stroke": None, "continuousWidth": 640, "discreteWidth": 640},
        "axis": axis,
        "axisX": {"grid": False, "labelFlush": True, "labelOverlap": True, "labelSeparation": 8},
        "axisY": {"minExtent": 32},
    }
