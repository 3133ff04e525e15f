"""Verdicts over time: a lane a column, a bar from the first to the last of days with the same verdict.

A verdict is told by its height as well as by its colour: what has drifted fills its lane, what is stable is a line.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from watchkeeper.charts.framing import SMALL, TALL, Spec, framed
from watchkeeper.charts.palette import LIGHT
from watchkeeper.charts.uprights import NARROW, NOTHING, Marks, uprights

MOST = 12
FEW = 6
"""Lanes up to which a small chart has room."""
BANDS: Mapping[str, tuple[float, str]] = {
    "drifted": (0.86, LIGHT.bad),
    "immaterial": (0.48, LIGHT.warn),
    "stable": (0.2, LIGHT.good),
    "not enough data": (0.08, LIGHT.edge),
}
"""How much of its lane each verdict fills, and in which colour."""
ROOM = 15
"""Characters of a name where a chart is narrow."""
SHORT = "replace(datum.label, 'prediction of the ', '')"
CUT = f"slice({SHORT}, 0, {ROOM // 2}) + '…' + slice({SHORT}, -{ROOM - 1 - ROOM // 2})"
LABELS = {
    "labelExpr": f"width < {NARROW} ? length({SHORT}) > {ROOM} ? {CUT} : {SHORT} : datum.label",
    "labelLimit": {"expr": f"width < {NARROW} ? 104 : 176"},
}
"""Of the lanes: where a chart is narrow, a prediction is named by its role, and a long name is cut in the middle, where
names differ least."""
Item = Mapping[str, Any]


def heat_map(columns: Sequence[str], days: Sequence[Item], *, start: str, end: str, marks: Marks = NOTHING) -> Spec:
    """Of the first twelve columns.

    Args:
        columns: their names, in the order of the lanes.
        days: {"day", "verdicts": {column: [verdict, size or None, over how many days]}}, of each day that was judged.
        start: the first day.
        end: the last day.
        marks: releases and alerts.
    """
    lanes = list(columns)[:MOST]
    rows = [run for lane in lanes for run in _runs(lane, days)]
    drawn: Spec = {
        "padding": {"left": 2, "right": 12, "top": max(marks.rows, 14), "bottom": 2},
        "data": {"values": rows},
        "encoding": {
            "x": {
                "field": "day",
                "type": "temporal",
                "scale": {"type": "utc", "domain": [start, _after(end)]},
                "axis": {"title": None, "format": "%-d %b %Y", "tickCount": 6},
            },
            "y": {
                "field": "column",
                "type": "nominal",
                "scale": {"domain": lanes, "paddingInner": 0.12, "paddingOuter": 0.06},
                "axis": {"title": None, **LABELS},
            },
        },
        "layer": [*(_bars(verdict) for verdict in BANDS), *uprights(marks, start=start, end=end)],
    }
    return framed(drawn, description=_described(lanes), height=space_of(len(lanes))[1], legend=marks.legend)


def space_of(lanes: int) -> tuple[str, int]:
    """The name of the room that so many lanes take, and its height."""
    return ("small", SMALL) if lanes <= FEW else ("tall", TALL)


def _runs(lane: str, days: Sequence[Item]) -> list[Spec]:
    runs: list[Spec] = []
    for each in days:
        verdict, size, over = each["verdicts"].get(lane, (None, None, None))
        if verdict is None:
            continue
        last = runs[-1] if runs else None
        if last is not None and last["verdict"] == verdict and last["until"] == each["day"]:
            last["until"], last["size"] = _after(each["day"]), max(last["size"], size or 0.0)
            last["over"] = min(last["over"], over)
        else:
            found = {"column": lane, "day": each["day"], "until": _after(each["day"]), "verdict": verdict}
            runs.append({**found, "size": size or 0.0, "over": over})
    return [
        {**run, "last": _before(run["until"]), "size": round(run["size"], 3), "over": _spelled(run["over"])}
        for run in runs
    ]


def _spelled(days: int) -> str:
    return "the day alone" if days == 1 else f"{days} days"


def _bars(verdict: str) -> Spec:
    part, colour = BANDS[verdict]
    day = {"timeUnit": "utcyearmonthdate", "type": "temporal", "format": "%-d %b %Y"}
    return {
        "transform": [{"filter": f"datum.verdict === '{verdict}'"}],
        "mark": {"type": "bar", "height": {"band": part}, "color": colour, "minBandSize": 1},
        "encoding": {
            "x2": {"field": "until", "type": "temporal"},
            "tooltip": [
                {"field": "column", "type": "nominal", "title": "column"},
                {"field": "verdict", "type": "nominal", "title": "verdict"},
                {"field": "day", "title": "from", **day},
                {"field": "last", "title": "to", **day},
                {"field": "size", "type": "quantitative", "title": "size, at most", "format": ".3~f"},
                {"field": "over", "type": "nominal", "title": "seen over"},
            ],
        },
    }


def _described(lanes: Sequence[str]) -> str:
    return (
        f"Verdicts by day on {', '.join(lanes) or 'nothing'}: tall and red has drifted, a line is stable. "
        "Uprights are releases; dashed ones are alerts, which end at the dotted ones."
    )


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
