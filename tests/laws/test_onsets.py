"""What holds for the first day of every drift."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.monitoring.drift.onset.dating import onset
from watchkeeper.monitoring.drift.onset.onset import Course
from watchkeeper.monitoring.drift.sides import Counts

DAY = st.lists(st.integers(0, 3) | st.integers(0, 500), min_size=3, max_size=3)
COUNTS = st.lists(DAY, min_size=14, max_size=30).map(lambda days: np.array(days, dtype=np.int64))


@given(days=COUNTS, reference=st.none() | DAY.map(lambda rows: np.array(rows, dtype=np.int64)))
@settings(max_examples=60)
def test_every_onset_lies_in_its_interval_and_among_the_days(days: Counts, reference: Counts | None) -> None:
    found = onset(days, reference)
    if found is not None:
        assert 0 <= found.low <= found.first <= found.high < len(days)
        assert (found.full is not None) is (found.course is Course.GRADUAL)
        assert (found.last is not None) is (found.course is Course.PASSING)
        assert all(each is None or found.first <= each < len(days) for each in (found.full, found.last))


@given(days=COUNTS, order=st.permutations(range(3)), empty=st.integers(0, 3))
@settings(max_examples=60)
def test_the_order_of_bins_and_empty_ones_change_nothing(days: Counts, order: list[int], empty: int) -> None:
    """But for ties, which rounding decides: a little noise leaves none."""
    days = days * 1_000 + np.random.default_rng(0).integers(0, 100, days.shape)
    other = np.hstack([days[:, order], np.zeros((len(days), empty), dtype=np.int64)])
    assert onset(other) == onset(days)


@given(day=DAY, days=st.integers(14, 40))
def test_equal_days_have_none(day: list[int], days: int) -> None:
    assert onset(np.array([day] * days, dtype=np.int64)) is None
