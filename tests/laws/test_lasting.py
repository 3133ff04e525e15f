"""Drift that lasts, against what a reader of the days would count by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.drift.lasting import lasting, runs

DAYS = st.text("d.s", max_size=12)
"""A letter a day: drifted, without rows, something else said."""


def flags(days: str) -> tuple[np.ndarray, np.ndarray]:
    return np.array([day == "d" for day in days], dtype=np.bool_), np.array(
        [day == "." for day in days], dtype=np.bool_
    )


@given(DAYS, st.integers(1, 4))
def test_days_without_rows_part_no_run_and_any_other_verdict_does(days: str, in_a_row: int) -> None:
    drifted, silent = flags(days)
    found = lasting(drifted[:, None], silent[:, None], in_a_row)[:, 0]
    by_hand = np.zeros(len(days), dtype=np.bool_)
    start = 0
    for stretch in days.split("s"):
        if stretch.count("d") >= in_a_row:
            by_hand[[start + place for place, day in enumerate(stretch) if day == "d"]] = True
        start += len(stretch) + 1
    assert found.tolist() == by_hand.tolist()
    assert sorted(place for run in runs(drifted, silent) for place in run) == np.flatnonzero(drifted).tolist()


@given(DAYS)
def test_one_in_a_row_is_all_that_drifted_and_more_is_never_more(days: str) -> None:
    drifted, silent = flags(days)
    found = [lasting(drifted[:, None], silent[:, None], wanted).sum() for wanted in range(1, 5)]
    assert found[0] == drifted.sum()
    assert found == sorted(found, reverse=True)
