"""Where a window lies within its months, and how far the season moves within one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.drift.seasons.strata import MONTHS, offsets

DAYS = st.integers(0, 20_000)


@given(DAYS)
def test_whole_months_lie_in_their_middle(day: int) -> None:
    month = np.datetime64(day, "D").astype("datetime64[M]")
    days = np.arange(month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")).astype(np.int64)
    assert np.allclose(offsets(days), 0.0)


@given(DAYS)
def test_a_day_lies_within_half_a_month_of_the_middle_of_its_own(day: int) -> None:
    found = offsets(np.array([day]))
    month = int(np.datetime64(day, "D").astype("datetime64[M]").astype(np.int64)) % MONTHS
    assert abs(found[month]) < 0.5
    assert not np.delete(found, month).any()


def test_the_first_days_lie_before_it_and_the_last_ones_after_it() -> None:
    first, last = (
        np.arange(np.datetime64(each), np.datetime64(each) + 7).astype(np.int64)
        for each in ("2026-03-01", "2026-03-25")
    )
    assert np.isclose(offsets(first)[2], 3.5 / 31 - 0.5)
    assert np.isclose(offsets(last)[2], 0.5 - 3.5 / 31)
