"""What is said where a period can't tell, and some of its days can."""

from dataclasses import replace

import pytest

from watchkeeper.monitoring.drift.verdict import Effect, Verdict
from watchkeeper.monitoring.drift.windows import Judged
from watchkeeper.monitoring.drift.wording import sentence
from watchkeeper.monitoring.policy import DriftPolicy
from watchkeeper.monitoring.verdicts.verdicts import of_its_days, said_of

FOUND = Judged(
    verdict=Verdict.NOT_ENOUGH_DATA,
    p_value=0.0004,
    adjusted_p=0.0029,
    q_value=0.0012,
    effect=Effect(0.05, 0.0, 0.2),
    reasons=(),
    level=None,
    rows=1200,
    effective_rows=700.0,
    smallest_visible=0.2,
    rows_enough=None,
    ordered=True,
    psi=0.1,
)


@pytest.mark.parametrize(
    ("rows_enough", "says"),
    [
        (None, "1,200 rows cannot tell, and with this reference no more would: its own are too few, or worth too few"),
        (1000, "1,200 rows cannot tell: no value is there often enough."),
        (1500, "1,200 rows cannot tell; 1,500 would be enough."),
    ],
)
def test_it_is_said_what_is_lacking(rows_enough: int | None, says: str) -> None:
    assert sentence(replace(FOUND, rows_enough=rows_enough), ()).startswith(says)


@pytest.mark.parametrize(("worth", "says"), [(112.4, "112"), (3.42, "3.4"), (12_345.6, "12,346")])
def test_what_rows_are_worth_is_a_number_that_can_be_read(worth: float, says: str) -> None:
    found = replace(FOUND, rows=60_000, effective_rows=worth)
    assert f"are worth {says} independent ones" in said_of(found, DriftPolicy(), level=None)


def test_values_that_moved_and_spread_are_said_once() -> None:
    found = replace(FOUND, verdict=Verdict.DRIFTED)
    said = sentence(found, ("location", "spread", "missing"))
    assert said.startswith("Its values stand elsewhere and spread differently and another share is missing: size")


def test_a_period_that_can_not_tell_says_that_some_of_its_days_can() -> None:
    assert of_its_days(FOUND, 5).startswith(" It has drifted on 5 of the days nevertheless: the period mixes them")
    assert of_its_days(FOUND, 0) == ""
    assert of_its_days(replace(FOUND, verdict=Verdict.STABLE), 5) == ""
