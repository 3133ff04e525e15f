"""What holds for every measure of drift, whatever the counts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.drift.measures import MEASURES

SIDES = st.lists(
    st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)),
    min_size=1,
    max_size=60,
)
every_measure = pytest.mark.parametrize("name", MEASURES)


@every_measure
@given(sides=SIDES)
def test_a_measure_is_a_finite_number_within_its_range(name: str, sides: list[tuple[int, int]]) -> None:
    reference, current = np.array(sides, dtype=np.int64).T
    found = MEASURES[name].function(reference, current)
    assert isinstance(found, float)
    assert 0.0 <= found <= (MEASURES[name].highest or math.inf)
    assert math.isfinite(found)


@every_measure
@given(sides=SIDES)
def test_a_measure_does_not_care_which_side_came_first(name: str, sides: list[tuple[int, int]]) -> None:
    reference, current = np.array(sides, dtype=np.int64).T
    measure = MEASURES[name].function
    if MEASURES[name].symmetric:
        assert measure(reference, current) == pytest.approx(measure(current, reference), abs=1e-12)


@every_measure
@given(sides=SIDES, data=st.data())
def test_a_measure_of_levels_does_not_care_about_their_order(
    name: str, sides: list[tuple[int, int]], data: st.DataObject
) -> None:
    measure = MEASURES[name]
    if not measure.ordered:
        found = [
            measure.function(*np.array(each, dtype=np.int64).T) for each in (sides, data.draw(st.permutations(sides)))
        ]
        assert found[0] == pytest.approx(found[1], rel=1e-9, abs=1e-9)


@given(sides=SIDES, factor=st.floats(0.1, 10), shift=st.floats(-100, 100))
def test_the_scale_of_the_values_does_not_change_the_wasserstein_distance(
    sides: list[tuple[int, int]], factor: float, shift: float
) -> None:
    reference, current = np.array(sides, dtype=np.int64).T
    places = np.arange(reference.size, dtype=np.float64)
    moved = MEASURES["wasserstein"].function(reference, current, places * factor + shift)
    assert moved == pytest.approx(MEASURES["wasserstein"].function(reference, current), rel=1e-6, abs=1e-6)


@every_measure
@given(counts=st.lists(st.integers(0, 10**6), min_size=1, max_size=60), times=st.integers(1, 1_000))
def test_equal_shares_have_no_drift(name: str, counts: list[int], times: int) -> None:
    reference = np.array(counts, dtype=np.int64)
    assert MEASURES[name].function(reference, reference * times) == pytest.approx(0.0, abs=1e-12)
