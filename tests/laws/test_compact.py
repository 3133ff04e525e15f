"""Packed counts are the counts, in few bytes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.compact import packed, unpacked


@given(st.lists(st.integers(0, 2**62), max_size=60) | st.lists(st.integers(0, 300), max_size=60))
def test_what_is_packed_is_the_same_when_unpacked(counts: list[int]) -> None:
    found = unpacked(packed(np.array(counts, dtype=np.int64)))
    assert found.tolist() == counts
    assert found.dtype == np.int64


def test_an_hour_of_the_widest_column_takes_less_than_8_kb() -> None:
    """Two thousand levels, each with some thousands of rows: as bad as a column gets."""
    counts = np.random.default_rng(0).integers(0, 60_000, 2_003)
    assert len(packed(counts)) < 8_192
