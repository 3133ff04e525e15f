"""What holds for every metric, whatever the rows."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.metrics import METRICS

unhurried = settings(deadline=None)
"""A busy machine is no failure."""
NUMBER = st.floats(-1e9, 1e9)
TINY = st.sampled_from([2e-309, -2e-309, 4e-156])
"""A share of these, or of their squares, is more than a number can be."""
PAIRS = {
    "regression": st.lists(st.tuples(NUMBER | TINY, NUMBER), min_size=1, max_size=50),
    "binary": st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0)), min_size=1, max_size=50),
}
every_metric = pytest.mark.parametrize("name", METRICS)


def both(name: str, data: st.DataObject) -> tuple[Numbers, Numbers]:
    """Truths and answers."""
    pairs = data.draw(PAIRS[METRICS[name].tasks[0]])
    truth, answer = np.array(pairs, dtype=np.float64).T
    return truth, answer


def distance(name: str, value: float) -> float:
    """From the best there is, so that less is better."""
    if name == "bias":
        return abs(value)
    return value if METRICS[name].lower_is_better else -value


@every_metric
@unhurried
@given(data=st.data())
def test_a_metric_is_a_finite_number_or_not_defined(name: str, data: st.DataObject) -> None:
    found = METRICS[name].function(*both(name, data))
    assert found is None or (isinstance(found, float) and math.isfinite(found))


@every_metric
@unhurried
@given(data=st.data())
def test_the_order_of_rows_does_not_matter(name: str, data: st.DataObject) -> None:
    truth, answer = both(name, data)
    order = np.array(data.draw(st.permutations(range(truth.size))))
    found, shuffled = (METRICS[name].function(truth[rows], answer[rows]) for rows in (slice(None), order))
    assert shuffled == (None if found is None else pytest.approx(found, rel=1e-9, abs=1e-6))


@every_metric
@unhurried
@given(data=st.data())
def test_nothing_scores_better_than_a_perfect_prediction(name: str, data: st.DataObject) -> None:
    truth, answer = both(name, data)
    found, perfect = METRICS[name].function(truth, answer), METRICS[name].function(truth, truth)
    if found is not None and perfect is not None:
        assert distance(name, perfect) <= distance(name, found) + 1e-12


@pytest.mark.parametrize("tiny", [2e-309, -5e-324, 1e-205])
def test_a_truth_too_near_to_zero_counts_in_no_percentage(tiny: float) -> None:
    truth, answer = np.array([100.0, tiny, 200.0]), np.array([110.0, 12.0, 180.0])
    assert METRICS["mape"].function(truth, answer) == pytest.approx(0.1)


@pytest.mark.parametrize("task", PAIRS)
def test_without_rows_no_metric_is_defined(task: str) -> None:
    nothing = np.empty(0)
    assert {name: each.function(nothing, nothing) for name, each in METRICS.items() if task in each.tasks} == {
        name: None for name, each in METRICS.items() if task in each.tasks
    }


def test_a_metric_that_cannot_be_is_none() -> None:
    ones, halves, lows = np.ones(3), np.full(3, 0.5), np.full(3, 0.1)
    assert METRICS["auc"].function(ones, halves) is None
    assert METRICS["r2"].function(ones, halves) is None
    assert METRICS["mape"].function(np.zeros(3), halves) is None
    assert METRICS["precision"].function(ones, lows) is None
    assert METRICS["recall"].function(np.zeros(3), halves) is None


def test_each_metric_stands_under_its_own_name() -> None:
    assert [each.name for each in METRICS.values()] == list(METRICS)
