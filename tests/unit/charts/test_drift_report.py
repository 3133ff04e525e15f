"""The page of two tables compared: what has changed is seen first, however many columns there are."""

import re
from typing import Any

import pytest

from watchkeeper.charts.drift_report import MANY, drift_report
from watchkeeper.charts.shares import LONGEST, shares_drawing


def column(place: int, verdict: str) -> dict[str, Any]:
    return {
        "column": f"c{place}",
        "verdict": verdict,
        "sentence": "It is so.",
        "effect": 0.1,
        "findings": [],
        "labels": ["a", "b"],
        "edges": None,
        "reference": [0.5, 0.5],
        "current": [0.4, 0.6],
    }


PLAIN = {
    "sentence": "It has drifted.",
    "alpha": 0.05,
    "reference_rows": 10,
    "current_rows": 10,
    "independence": "Rows were taken as independent.",
    **dict.fromkeys(("faults", "notices", "only_in_reference", "only_in_current"), ()),
    "left_out": {},
}


def report(verdicts: list[str], *faults: str) -> str:
    columns = [column(*each) for each in enumerate(verdicts)]
    broke = [{"fault": name, "sentence": "It broke."} for name in faults]
    return drift_report({**PLAIN, "columns": columns, "faults": broke})


def test_of_many_columns_the_stable_ones_are_folded_away_and_still_linked() -> None:
    page = report(["drifted", "not enough data", *["stable"] * MANY])
    before, *folded = re.split(r'<details class="rest"><summary>([^<]*)</summary>', page)
    assert folded[::2] == [f"{MANY} stable columns"] * 2
    assert ('href="#c0"' in before, 'href="#c1"' in before, 'href="#c2"' in before) == (True, True, False)
    places = [f'"#c{place}"' for place in range(MANY + 2)]
    assert all(page.count(place) == 1 and page.count(place.replace("#", "")) == 1 for place in places)


@pytest.mark.parametrize("verdicts", [["drifted", "stable"], ["drifted"] * MANY])
def test_few_columns_or_none_that_are_stable_stand_in_the_open(verdicts: list[str]) -> None:
    assert 'class="rest"' not in report(verdicts)


def test_a_page_of_stable_columns_alone_has_nothing_before_the_fold() -> None:
    page = report(["stable"] * MANY)
    assert page.count('<table class="list">') == 1


def test_what_is_not_explained_is_called_so() -> None:
    page = report(["stable"], "unknown", "stuck sensor")
    assert "not explained" in page
    assert ">unknown<" not in page
    assert "stuck sensor" in page


def test_long_names_that_differ_at_their_ends_are_told_apart_in_a_chart() -> None:
    names = [f"a level with a name that goes on to {end}" for end in (1, 20)]
    drawn = re.findall(r'text-anchor="end">([^<]*)<', shares_drawing({**column(0, "stable"), "labels": names}).svg)
    assert drawn == ["a level…on to 1", "a level…n to 20"]
    assert {len(name) for name in drawn} == {LONGEST}


def test_what_is_sure_is_not_given_a_chance_of_zero() -> None:
    found = {"facet": "shape", "p_value": 0.0, "effect": [0.5, 0.4, 0.6], "floor": 0.02, "significant": True}
    page = drift_report({**PLAIN, "columns": [{**column(0, "drifted"), "findings": [found]}]})
    assert '<td class="number">&lt;1e-10</td>' in page
