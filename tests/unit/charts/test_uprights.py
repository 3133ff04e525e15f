"""Releases and alerts on an axis of days: where they stand, and labels that do not lie over each other."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import vl_convert

from watchkeeper.charts import drift_chart, effect_chart, heat_map, timeline_chart
from watchkeeper.charts.uprights import LONGEST, NOTHING, Marks, uprights

YEAR: dict[str, Any] = {"start": "2024-01-01", "end": "2024-12-31"}
CHARACTER = 6.5
"""Pixels of one of a label's."""


def alert(number: int | None, day: str, until: str, *, still: bool = False) -> dict[str, Any]:
    return {"number": number, "day": day, "until": until, "open": still, "words": f"rule {number}: it broke"}


def by_verdict(releases: list[dict[str, Any]]) -> dict[str, Any]:
    return heat_map(["age"], [], **YEAR, marks=Marks(releases))


def by_lane(releases: list[dict[str, Any]]) -> dict[str, Any]:
    return timeline_chart(**YEAR, releases=[{**each, "words": "a release"} for each in releases])


def seen(picture: str) -> list[tuple[float, str]]:
    """Where the labels of releases stand that are not transparent."""
    texts = re.findall(r'<text[^>]*?translate\(([\d.]+),[^>]*?opacity="1"[^>]*>(r?\d+(?:–\d+)?)<', picture)
    return [(float(x), word) for x, word in texts]


def names(marks: Marks, *, narrow: bool = False) -> list[str]:
    return [
        row["name"]
        for layer in uprights(marks, **YEAR)
        if layer["mark"]["type"] == "text"
        for row in layer["data"]["values"]
        if row["narrow"] is narrow
    ]


def days(marks: Marks, dash: list[int]) -> list[str]:
    layers = [layer for layer in uprights(marks, **YEAR) if layer["mark"].get("strokeDash") == dash]
    return [row["day"] for layer in layers for row in layer["data"]["values"]]


def test_releases_are_labelled_by_their_numbers_and_near_ones_together() -> None:
    begun = {"2024-03-01": 2, "2024-08-01": 3, "2024-09-20": 4, "2024-09-25": 5}
    marks = Marks([{"day": day, "release": number} for day, number in begun.items()])
    assert names(marks) == ["r2", "r3", "r4–5"]
    assert names(marks, narrow=True) == ["r2", "r3–5"]


@pytest.mark.parametrize("width", [358, 960])
@pytest.mark.parametrize("draw", [by_verdict, by_lane])
def test_labels_lie_over_each_other_at_no_width(width: int, draw: Callable[[list[dict[str, Any]]], Any]) -> None:
    begun = [{"day": f"2024-{1 + n // 2:02d}-{1 + 15 * (n % 2):02d}", "release": n + 2} for n in range(24)]
    found = seen(str(vl_convert.vegalite_to_svg({**draw(begun), "width": width})))
    assert len(found) > 3
    for (left, word), (right, other) in pairwise(found):
        assert right - left >= CHARACTER * (len(word) + len(other)) / 2


def test_an_alert_has_an_upright_where_it_began_and_one_where_it_ended() -> None:
    marks = Marks(alerts=[alert(1, "2024-02-01", "2024-03-01"), alert(2, "2024-11-01", "2024-12-31", still=True)])
    assert days(marks, [5, 3]) == ["2024-02-01", "2024-11-01"]
    assert days(marks, [1, 4]) == ["2024-03-01"]
    assert names(marks) == ["1", "2"]


def test_alerts_that_begin_together_share_a_label_and_those_without_a_number_have_none() -> None:
    marks = Marks(alerts=[alert(n, f"2024-02-0{n}", "2024-03-01") for n in (1, 2, 3)])
    assert names(marks) == ["1–3"]
    unnumbered = Marks(alerts=[alert(None, "2024-02-01", "2024-03-01")])
    assert (names(unnumbered), days(unnumbered, [5, 3])) == ([], [])
    assert uprights(NOTHING, **YEAR) == []


def test_marks_are_cut_to_a_shorter_period() -> None:
    marks = Marks(
        [{"day": "2024-03-01", "release": 2}, {"day": "2024-08-01", "release": 3}],
        [alert(1, "2024-02-01", "2024-04-15"), alert(2, "2024-09-01", "2024-10-01")],
    )
    cut = marks.within("2024-03-15", "2024-08-10")
    assert [each["release"] for each in cut.releases] == [3]
    assert [(each["number"], each["day"], each["until"]) for each in cut.alerts] == [(1, "2024-03-15", "2024-04-15")]


def test_what_is_saved_says_what_the_marks_mean() -> None:
    long = {**alert(1, "2024-02-01", "2024-03-01"), "words": "x" * 300}
    told = Marks([{"day": "2024-03-01", "release": 2}], [long]).legend
    assert told[0].startswith("r: a release")
    assert (len(told[1]), told[1][-1]) == (LONGEST, "…")
    spec = heat_map(["age"], [], **YEAR, marks=Marks(alerts=[long]))
    assert spec["usermeta"]["legend"] == Marks(alerts=[long]).legend


@pytest.mark.parametrize(
    "marks", [NOTHING, Marks([{"day": "2024-01-02", "release": 2}], [alert(1, "2024-01-01", "2024-01-02")])]
)
def test_every_chart_by_day_can_be_drawn_with_them(marks: Marks) -> None:
    shown = [{"day": "2024-01-01", "champion": {"distance": 0.1}}, {"day": "2024-01-02", "champion": {"distance": 0.2}}]
    found = [{"day": f"2024-01-0{n}", "verdict": "stable", "effect": 0.1, "low": 0.0, "high": 0.2} for n in (1, 2)]
    lanes = [{"day": "2024-01-01", "verdicts": {"age": ("stable", 0.0, 1)}}]
    for spec in (
        drift_chart({"measure": "psi", "days": shown}, marks=marks),
        effect_chart("age", found, floor=0.02, marks=marks),
        heat_map(["age"], lanes, start="2024-01-01", end="2024-01-02", marks=marks),
    ):
        assert (">1<" in str(vl_convert.vegalite_to_svg({**spec, "width": 320}))) is bool(marks.alerts)
