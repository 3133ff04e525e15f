"""What a few marks of a sample say of how far it lies from another is never too much."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.integrity.apart import Marks, of_numbers

NUMBERS = st.lists(st.floats(-1e9, 1e9) | st.integers(-3, 3).map(float), min_size=1, max_size=80).map(sorted)


@given(NUMBERS, NUMBERS)
def test_they_never_say_more_than_all_numbers_do(before: list[float], now: list[float]) -> None:
    was, are = np.array(before), np.array(now)
    assert 0 <= Marks.of(are).at_least(was) <= of_numbers(was, are) + 1e-12


@given(NUMBERS)
def test_a_sample_does_not_lie_apart_from_itself(numbers: list[float]) -> None:
    same = np.array(numbers)
    assert Marks.of(same).at_least(same) == 0.0


def test_what_lies_elsewhere_is_told_by_them() -> None:
    was = np.arange(1_000.0)
    assert Marks.of(was + 2_000).at_least(was) > 0.99
    assert 0.4 <= Marks.of(was + 500).at_least(was) <= 0.5
