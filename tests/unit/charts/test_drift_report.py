"""The page of two tables compared: what has changed is seen first, however many columns there are."""

import re
from typing import Any

import pytest

from watchkeeper.charts.drift_report import MANY, drift_report


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


def report(verdicts: list[str], *faults: str) -> str:
    return drift_report(
        {
            "sentence": "It has drifted.",
            "alpha": 0.05,
            "reference_rows": 10,
            "current_rows": 10,
            "columns": [column(*each) for each in enumerate(verdicts)],
            "independence": "Rows were taken as independent.",
            "faults": [{"fault": name, "sentence": "It broke."} for name in faults],
            **dict.fromkeys(("notices", "only_in_reference", "only_in_current"), ()),
            "left_out": {},
        }
    )


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
