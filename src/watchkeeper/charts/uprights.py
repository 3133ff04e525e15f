"""Uprights on an axis of days: releases, and alerts from the day on which they began to the one on which they ended.

Labels are numbers in two rows above the chart, since words would lie over each other where it is narrow; numbers that
would do so too stand together. What they mean is told beside the chart, and below it where it is saved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from watchkeeper.charts.framing import Spec
from watchkeeper.charts.palette import LIGHT

Item = Mapping[str, Any]
ROW = 14
"""Pixels that a row of labels takes."""
NARROW = 480
"""The pixels of a chart below which labels stand together that are apart where it is wider."""
NEAR = {False: 0.08, True: 0.2}
"""The part of the axis that a label takes, by whether the chart is narrow."""
LONGEST = 90
"""Characters of a line below a saved chart."""


@dataclass(frozen=True)
class Marks:
    """Days are `YYYY-MM-DD`, within the chart's.

    Attributes:
        releases: {"day", "release"}, in order.
        alerts: {"number", "day", "until", "open", "words"}, in order; those without a number have no label.
    """

    releases: Sequence[Item] = ()
    alerts: Sequence[Item] = ()

    def within(self, start: str, end: str) -> "Marks":
        """Cut to a shorter period."""
        return Marks(
            tuple(each for each in self.releases if start <= each["day"] <= end),
            tuple(
                {**each, "day": max(each["day"], start), "until": min(each["until"], end)}
                for each in self.alerts
                if each["day"] <= end and each["until"] >= start
            ),
        )

    @property
    def rows(self) -> int:
        """Pixels of labels above the chart."""
        return ROW * (bool(self.releases) + bool(self.alerts))

    @property
    def legend(self) -> list[str]:
        """What stands below a chart that is saved."""
        releases = ["r: a release, from the day on which it was first called"] if self.releases else []
        told = [f"{each['number']}: {each['words']}" for each in self.alerts if each["number"]]
        return [*releases, *(_short(each) for each in told)]


NOTHING = Marks()


def uprights(marks: Marks, *, start: str, end: str) -> list[Spec]:
    """Layers for a chart whose x is a day, from the first day to the last."""
    return [*_releases(marks, start, end), *_alerts(marks, start, end)]


def _releases(marks: Marks, start: str, end: str) -> list[Spec]:
    if not marks.releases:
        return []
    days = [{"day": each["day"]} for each in marks.releases]
    rows = labels(marks.releases, "release", "r", start=start, end=end)
    return [_rule(days, colour=LIGHT.edge), *_labelled(rows, colour=LIGHT.quiet, above=ROW * bool(marks.alerts))]


def _alerts(marks: Marks, start: str, end: str) -> list[Spec]:
    if not marks.alerts:
        return []
    told = [each for each in marks.alerts if each["number"]]
    rows = labels(told, "number", "", start=start, end=end)
    ended = [{"day": each["until"]} for each in told if not each["open"]]
    tip = {"tooltip": [{"field": "words", "type": "nominal", "title": "alert"}]}
    spans = [{"day": each["day"], "until": each["until"], "words": each["words"]} for each in marks.alerts]
    span = {"type": "rule", "strokeWidth": 4, "color": LIGHT.bad, "strokeCap": "round"}
    return [
        {
            "data": {"values": spans},
            "mark": span,
            "encoding": {"x2": {"field": "until", "type": "temporal"}, "y": {"value": 0}, **tip},
        },
        _rule([{"day": each["day"]} for each in told], colour=LIGHT.bad, dash=[5, 3]),
        *([_rule(ended, colour=LIGHT.bad, dash=[1, 4])] if ended else []),
        *_labelled(rows, colour=LIGHT.bad, above=2),
    ]


def _rule(rows: Sequence[Item], *, colour: str, dash: Sequence[int] = ()) -> Spec:
    mark = {"type": "rule", "color": colour, **({"strokeDash": list(dash)} if dash else {})}
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": {"y": None, "tooltip": None}}


def _labelled(rows: Sequence[Item], *, colour: str, above: int) -> list[Spec]:
    text = {"type": "text", "baseline": "bottom", "dy": -above - 2, "fontSize": 11, "fontWeight": 600, "color": colour}
    return [
        {
            **layer,
            "mark": {**text, "align": "center", "clip": False, **layer["mark"]},
            "encoding": {"y": {"value": 0}, "text": {"field": "name", "type": "nominal"}, "tooltip": None},
        }
        for layer in by_width(rows)
    ]


def by_width(rows: Sequence[Item]) -> list[Spec]:
    """The beginnings of two layers, each of which is seen at its own width of the chart."""
    return [
        {
            "data": {"values": [row for row in rows if row["narrow"] is narrow]},
            "mark": {"opacity": {"expr": f"(width < {NARROW}) === {str(narrow).lower()} ? 1 : 0"}},
        }
        for narrow in NEAR
    ]


def labels(items: Sequence[Item], name: str, first: str, *, start: str, end: str) -> list[Spec]:
    """{"day", "name", "narrow"} of items in the order of their days, near ones together, for either width: `r2`,
    `r3–5`."""
    days = [each["day"] for each in items]
    return [
        {"day": days[group[0]], "name": _named(items, group, name, first), "narrow": narrow}
        for narrow, near in NEAR.items()
        for group in _apart(days, start, end, near=near)
    ]


def _apart(days: Sequence[str], start: str, end: str, *, near: float) -> list[list[int]]:
    """Places of days that rise, those together that lie nearer than that part of the axis to the first of them."""
    groups: list[list[int]] = []
    for place, day in enumerate(days):
        if groups and _days(days[groups[-1][0]], day) < near * (_days(start, end) + 1):
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _named(items: Sequence[Item], group: Sequence[int], name: str, first: str) -> str:
    """`r2`, `2–4`."""
    one, last = items[group[0]][name], items[group[-1]][name]
    return f"{first}{one}" if one == last else f"{first}{one}–{last}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
