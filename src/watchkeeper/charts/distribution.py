"""One column's distribution: production in front of the reference, group by group.

Groups stand in their order at equal widths, however wide their intervals are, so that a share can be read and
compared; numeric groups hold about equal shares of the reference, which makes it a level, quiet band.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from watchkeeper.charts.framing import COLOURS, SMALL, Spec, framed
from watchkeeper.charts.groups import are_values
from watchkeeper.charts.palette import LIGHT

MOST_LEVELS = 7
"""Levels drawn of a categorical column: more cannot be told apart at this size; the rest is one bar."""

GAP = 2.0
ROOM = 42
"""Characters that fit under a small chart."""

ASIDE = ("missing", "other", "new", "values between")
"""Groups without an interval or a level; they are drawn only where they hold something."""
WORDS = {"new": "new levels", "other": "rarer levels"}
LEVELLED = ("categorical", "boolean")


def distribution_chart(feature: Mapping[str, Any], *, role: str = "champion", height: int = SMALL) -> Spec:
    """`feature` is one of the API's features, or its prediction for one role with a name and a kind.

    {"name", "kind", "labels": [n words], "edges": [numbers] or None, "reference": [n shares], role: [n shares]}
    """
    groups = zip(feature["labels"], feature["reference"], feature[role], strict=True)
    rows = [{"label": label, "reference": before, role: now} for label, before, now in groups]
    rows = [row for row in rows if row["label"] not in ASIDE or row["reference"] or row[role]]
    rows = [{**row, "label": WORDS.get(row["label"], row["label"])} for row in rows]
    description = f"Distribution of {feature['name']}: production ({role}) beside the reference, as shares of rows."
    levelled = feature["kind"] in LEVELLED
    marks = _levels(rows, role=role) if levelled else _groups(rows, feature.get("edges"), role=role)
    return framed({"padding": 4, **marks}, description=description, height=height)


def _groups(rows: list[Spec], edges: Sequence[float | None] | None, *, role: str) -> Spec:
    """Upright bars; with edges, each interval's ends stand under its bar, and what has no interval stands apart."""
    aside = {WORDS.get(label, label) for label in ASIDE}
    intervals = len(edges) - 1 if edges else sum(row["label"] not in aside for row in rows)
    lefts = _lefts(len(rows), intervals)
    placed = zip(lefts, rows, strict=True)
    rows = [{**row, "left": left, "right": left + 1, "middle": left + 0.5} for left, row in placed]
    if edges and not are_values([row["label"] for row in rows[:intervals]]):
        ticks = _spaced([(float(place), _short(edge)) for place, edge in enumerate(edges)])
    else:
        ticks = _spaced([(row["middle"], row["label"]) for row in rows[:intervals]])
    ticks += [(row["middle"], row["label"]) for row in rows[intervals:]]
    axis = {
        "title": None,
        "values": [place for place, _ in ticks],
        "labelExpr": _worded(ticks),
        "labelFlush": False,
        "labelOverlap": False,
    }
    width = min(10.0, 180 / len(rows))
    across: Spec = {"type": "quantitative", "scale": {"nice": False, "zero": False}, "axis": axis}
    band = {"x": {"field": "left", **across}, "x2": {"field": "right"}, "y": _share("reference")}
    bar = {"x": {"field": "middle", **across}, "y": _share(role)}
    return {
        "data": {"values": rows},
        "encoding": {"tooltip": _tooltip(role)},
        "layer": [
            {"mark": {"type": "rect", "color": LIGHT.reference_band}, "encoding": band},
            {"mark": {"type": "bar", "color": COLOURS[role], "width": width}, "encoding": bar},
        ],
    }


def _levels(rows: list[Spec], *, role: str) -> Spec:
    """Lying bars, so that the words have room; in the order given, the least common levels as one."""
    if len(rows) > MOST_LEVELS:
        ranked = sorted(rows, key=lambda row: -max(row["reference"], row[role]))
        kept, folded = ranked[: MOST_LEVELS - 1], ranked[MOST_LEVELS - 1 :]
        sums = {name: sum(row[name] for row in folded) for name in ("reference", role)}
        rest = {"label": f"{len(folded)} more", **sums}
        rows = [*(row for row in rows if row in kept), rest]
    words = {"title": None, "labelLimit": 120}
    return {
        "data": {"values": rows},
        "encoding": {
            "y": {"field": "label", "type": "nominal", "sort": None, "axis": words},
            "tooltip": _tooltip(role),
        },
        "layer": [
            {
                "mark": {"type": "bar", "color": LIGHT.reference_band, "height": {"band": 0.8}},
                "encoding": {"x": _share("reference", grid=True)},
            },
            {
                "mark": {"type": "bar", "color": COLOURS[role], "height": {"band": 0.32}},
                "encoding": {"x": _share(role, grid=True)},
            },
        ],
    }


def _share(field: str, *, grid: bool = False) -> Spec:
    axis: Spec = {"title": None, "format": ".0%", "tickCount": 3}
    return {"field": field, "type": "quantitative", "axis": {**axis, "grid": True} if grid else axis}


def _tooltip(role: str) -> list[Spec]:
    share = {"type": "quantitative", "format": ".1%"}
    return [
        {"field": "label", "type": "nominal", "title": "group"},
        {"field": "reference", "title": "reference", **share},
        {"field": role, "title": role, **share},
    ]


def _lefts(count: int, intervals: int) -> list[float]:
    """Where each group's bar begins: the intervals side by side, the others after a gap."""
    return [place if place < intervals else place + GAP * (place - intervals + 1) for place in range(count)]


def _spaced(ticks: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """As many ticks as have room for their words, at equal steps."""
    longest = max((len(word) for _, word in ticks), default=0) + 2
    step = math.ceil(len(ticks) * longest / ROOM)
    return ticks[::step] if step > 1 else ticks


def _worded(ticks: Sequence[tuple[float, str]]) -> str:
    """A Vega expression that gives each tick its word; places are told apart by half their least distance."""
    nearest = min((right - left for (left, _), (right, _) in pairwise(ticks)), default=1.0) / 2
    expression = "''"
    for place, word in reversed(ticks):
        quoted = word.replace("\\", "\\\\").replace("'", "\\'")
        expression = f"abs(datum.value - {place:g}) < {nearest:g} ? '{quoted}' : {expression}"
    return expression


def _short(edge: float | None) -> str:
    if edge is None or not math.isfinite(edge):
        return ""
    return f"{edge:,.0f}" if abs(edge) >= 1000 else f"{edge:.3g}"
