"""Tallies add up in any way, and what follows from them is what the rows say."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.learning.metrics import METRICS
from watchkeeper.learning.signature import BINARY, REGRESSION
from watchkeeper.monitoring.performance.estimating import Block, estimate
from watchkeeper.monitoring.performance.metrics import OF_TASK, lower_is_better, measure
from watchkeeper.monitoring.performance.tally import SUMS, Tally, stacked, tally, together, total, without_each

Rows = tuple[Any, Any]
SHARES = [SUMS[REGRESSION].index(each) for each in ("share", "share_rows")]
number = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
near_zero = st.sampled_from([2e-309, -2e-309, 5e-324])


@st.composite
def rows(draw: st.DrawFn, task: str, least: int = 0) -> Rows:
    size = draw(st.integers(least, 40))
    if task == REGRESSION:
        truth = draw(st.lists(number | near_zero, min_size=size, max_size=size))
        answer = draw(st.lists(number, min_size=size, max_size=size))
    else:
        truth = draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=size, max_size=size))
        answer = draw(st.lists(st.floats(0, 1), min_size=size, max_size=size))
    return np.array(truth, dtype=np.float64), np.array(answer, dtype=np.float64)


of_any_task = st.sampled_from([REGRESSION, BINARY]).flatmap(lambda task: st.tuples(st.just(task), rows(task)))
some_of_any_task = st.sampled_from([REGRESSION, BINARY]).flatmap(lambda t: st.tuples(st.just(t), rows(t, least=1)))


@given(of_any_task, st.data())
def test_the_tally_of_the_whole_is_the_sum_of_its_parts_in_any_order(
    drawn: tuple[str, Rows], data: st.DataObject
) -> None:
    task, (truth, answer) = drawn
    order = data.draw(st.permutations(range(len(truth))))
    parts = [tally(task, truth[piece], answer[piece]) for piece in np.array_split(np.array(order, dtype=np.intp), 3)]
    whole, summed = tally(task, truth, answer), total(task, parts)
    assert np.allclose(whole.numbers, summed.numbers, rtol=1e-9, atol=1e-6 * (1 + np.abs(whole.numbers)))
    assert Tally.from_bytes(task, summed.to_bytes()).numbers.tolist() == summed.numbers.tolist()


@given(of_any_task)
def test_leaving_a_part_out_is_adding_up_the_others(drawn: tuple[str, Rows]) -> None:
    task, (truth, answer) = drawn
    parts = [tally(task, truth[piece], answer[piece]) for piece in np.array_split(np.arange(len(truth)), 4)]
    stack = stacked(task, parts)
    rounding = 1e-12 * (1 + np.abs(together(task, stack)))
    for place, without in enumerate(without_each(task, stack)):
        expected = together(task, np.delete(stack, place, axis=0))
        assert np.allclose(without, expected, rtol=1e-6, atol=1e-4 + rounding)


@given(some_of_any_task)
def test_a_metric_of_a_tally_is_the_metric_of_its_rows(drawn: tuple[str, Rows]) -> None:
    task, (truth, answer) = drawn
    for name in OF_TASK[task]:
        expected = METRICS[name].function(truth, answer)
        found = measure(name, tally(task, truth, answer))
        assert (found.value is None) == (expected is None), name
        assert found.value is not None or found.reason
        if expected is not None and found.value is not None and name != "auc":
            assert found.value == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(rows(REGRESSION, least=1), near_zero)
def test_a_truth_too_near_to_zero_for_a_share_of_it_is_left_out_like_a_zero(drawn: Rows, tiny: float) -> None:
    truth, answer = (np.append(each, more) for each, more in zip(drawn, (tiny, 12.0), strict=True))
    with_zero = np.append(drawn[0], 0.0)
    assert METRICS["mape"].function(truth, answer) == METRICS["mape"].function(with_zero, answer)
    found, expected = (tally(REGRESSION, each, answer).numbers[SHARES] for each in (truth, with_zero))
    assert found.tolist() == expected.tolist()


@given(rows(BINARY, least=1))
def test_the_area_is_off_by_no_more_than_the_pairs_that_share_a_bin(drawn: Rows) -> None:
    truth, answer = drawn
    counted = tally(BINARY, truth, answer)
    expected, found = METRICS["auc"].function(truth, answer), measure("auc", counted).value
    if expected is None or found is None:
        assert expected is found is None
        return
    bins = counted.numbers[-2000:].reshape(2, -1)
    shared = (bins[0] * bins[1]).sum() / (bins[0].sum() * bins[1].sum())
    assert abs(found - expected) <= shared / 2 + 1e-12


@given(some_of_any_task)
def test_an_interval_holds_its_value_or_says_why_there_is_none(drawn: tuple[str, Rows]) -> None:
    task, (truth, answer) = drawn
    pieces = np.array_split(np.arange(len(truth)), 9)
    blocks = [Block(f"2024-01-{day + 1:02}", 0, tally(task, truth[p], answer[p])) for day, p in enumerate(pieces)]
    for name in OF_TASK[task]:
        found = estimate(name, task, blocks)
        if found.low is None or found.high is None or found.value is None:
            assert found.reason
        else:
            assert found.low <= found.value <= found.high


@given(rows(REGRESSION, least=2))
def test_a_perfect_answer_scores_best(drawn: Rows) -> None:
    truth, answer = drawn
    for name in ("mae", "rmse", "mape", "r2"):
        best, other = (measure(name, tally(REGRESSION, truth, each)).value for each in (truth, answer))
        if best is not None and other is not None:
            assert best <= other if lower_is_better(name) else best >= other


@pytest.mark.parametrize("task", [REGRESSION, BINARY])
def test_nothing_has_no_metric_and_says_so(task: str) -> None:
    for name in OF_TASK[task]:
        found = measure(name, Tally.nothing(task))
        assert (found.value, found.reason) == (None, "no row has a label yet")
