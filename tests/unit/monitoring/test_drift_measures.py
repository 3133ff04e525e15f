import numpy as np
import pytest

from watchkeeper.monitoring.drift.grouped import Grouping
from watchkeeper.monitoring.drift.measures import MEASURES
from watchkeeper.monitoring.drift.measures.psi import FLOOR


def test_counts_are_summed_by_group_for_one_day_or_many_and_for_each_column() -> None:
    grouping = Grouping.of([[[3, 0], [1], [2, 4]], [[1], [0]]])
    assert grouping.columns.tolist() == [0, 3]
    assert grouping.count(np.array([1, 2, 3, 4, 5, 6, 7])).tolist() == [5, 2, 8, 7, 6]
    days = np.array([[1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 1, 0, 9]])
    assert grouping.count(days).tolist() == [[5, 2, 8, 7, 6], [0, 0, 1, 9, 0]]


@pytest.mark.parametrize("name", MEASURES)
def test_many_columns_and_days_at_once_are_as_each_alone(name: str) -> None:
    chance = np.random.default_rng(3)
    reference, current = chance.integers(0, 50, 12), chance.integers(0, 50, (6, 12))
    current[2, 4:9] = 0
    starts = np.array([0, 4, 9])
    found = MEASURES[name].of_columns(reference, current, starts)
    assert np.isnan(found[2, 1])
    for day in range(6):
        for column, (begin, end) in enumerate(((0, 4), (4, 9), (9, 12))):
            alone = MEASURES[name].function(reference[begin:end], current[day, begin:end])
            assert alone == (0.0 if (day, column) == (2, 1) else pytest.approx(found[day, column], abs=1e-12))


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_is_zero_where_a_side_has_no_rows(name: str) -> None:
    nothing, something = np.array([0, 0]), np.array([3, 1])
    measure = MEASURES[name].function
    assert [measure(nothing, something), measure(something, nothing), measure(nothing, nothing)] == [0.0, 0.0, 0.0]


def test_shares_without_overlap_are_at_the_distance_one() -> None:
    assert MEASURES["jensen_shannon"].function(np.array([7, 0]), np.array([0, 2])) == 1.0


def test_an_empty_group_counts_with_the_floor_in_the_index() -> None:
    found = MEASURES["psi"].function(np.array([10, 0]), np.array([5, 5]))
    assert found == pytest.approx(0.5 * np.log(2) + (0.5 - FLOOR) * np.log(0.5 / FLOOR), abs=1e-12)
