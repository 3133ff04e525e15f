"""What holds for every verdict, whatever the counts."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.columns import of_levels, of_numbers
from watchkeeper.monitoring.drift.judging import judge
from watchkeeper.monitoring.drift.sides import Sides
from watchkeeper.monitoring.drift.verdict import Judgement, Verdict

ROWS = st.integers(0, 3) | st.integers(0, 2_000) | st.integers(0, 10**8)
BINS = st.lists(st.tuples(ROWS, ROWS), min_size=1, max_size=12)
SORTS = (of_numbers, of_levels)
every_sort = pytest.mark.parametrize("sort", SORTS, ids=("numbers", "levels"))


def column(sort: Any, bins: list[tuple[int, int]], missing: tuple[int, int] = (0, 0)) -> Sides:
    reference, window = np.array(bins, dtype=np.int64).T[:, np.newaxis]
    if sort is of_numbers:
        ends = np.zeros((1, 1), dtype=np.int64)
        reference, window = (np.hstack([ends, side, ends]) for side in (reference, window))
    found: Sides = sort(reference, window)
    return replace(found, missing=np.array(missing, dtype=np.int64)[:, np.newaxis])


def judged(sides: Sides) -> Judgement:
    return judge([sides])[0][0]


def numbers_of(of: Judgement) -> list[float]:
    effects = (of.effect, *(each.effect for each in of.findings))
    return [of.p_value, *(number for each in effects for number in (each.estimate, each.low, each.high))]


@every_sort
@given(bins=BINS, missing=st.tuples(ROWS, ROWS))
def test_every_column_has_a_verdict_and_numbers_that_are_none_but_numbers(
    sort: Any, bins: list[tuple[int, int]], missing: tuple[int, int]
) -> None:
    found = judged(column(sort, bins, missing))
    for chance in (found.p_value, found.adjusted_p, found.q_value, *(each.p_value for each in found.findings)):
        assert 0.0 <= chance <= 1.0
    for effect in (found.effect, *(each.effect for each in found.findings)):
        assert 0.0 <= effect.low <= effect.estimate <= effect.high
    assert found.smallest_visible > 0
    assert found.rows == sum(now for _, now in bins) + missing[1]
    assert bool(found.reasons) is (found.verdict in {Verdict.DRIFTED, Verdict.IMMATERIAL})


@every_sort
@given(bins=st.lists(ROWS, min_size=1, max_size=12), times=st.integers(1, 50), missing=st.integers(0, 1_000))
def test_equal_shares_have_not_drifted(sort: Any, bins: list[int], times: int, missing: int) -> None:
    found = judged(column(sort, [(rows, rows * times) for rows in bins], (missing, missing * times)))
    assert found.verdict in {Verdict.STABLE, Verdict.NOT_ENOUGH_DATA}
    if not (sort is of_levels and 1 in bins):  # a level that is there once lets one expect new ones
        assert found.effect.estimate == 0.0


@every_sort
@given(bins=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 49)), min_size=1, max_size=12))
def test_few_rows_are_never_called_stable(sort: Any, bins: list[tuple[int, int]]) -> None:
    total = sum(now for _, now in bins)
    if total < 50:
        assert judged(column(sort, bins)).verdict is not Verdict.STABLE


@every_sort
@given(bins=BINS, missing=st.tuples(ROWS, ROWS), more=st.integers(1, 5))
def test_empty_bins_change_nothing(sort: Any, bins: list[tuple[int, int]], missing: tuple[int, int], more: int) -> None:
    sides = column(sort, bins, missing)
    wide: dict[str, Any] = {
        name: np.hstack([getattr(sides, name), np.zeros((1, more), dtype=getattr(sides, name).dtype)])
        for name in ("reference", "window", "groups", "unseen", "rare")
    }
    found, before = judged(replace(sides, **wide)), judged(sides)
    assert found.verdict is before.verdict
    assert numbers_of(found) == pytest.approx(numbers_of(before), rel=1e-6, abs=1e-9)


@every_sort
@given(columns=st.lists(BINS, min_size=1, max_size=4))
def test_a_column_s_p_value_and_size_are_the_same_alone_and_among_others(
    sort: Any, columns: list[list[tuple[int, int]]]
) -> None:
    each = [column(sort, bins) for bins in columns]
    together = judge(each)
    for alone, (found,) in zip(map(judged, each), together, strict=True):
        assert numbers_of(found) == pytest.approx(numbers_of(alone), rel=1e-6, abs=1e-9)
        assert found.adjusted_p >= alone.adjusted_p - 1e-9
    drifted = [found for (found,) in together if found.verdict is Verdict.DRIFTED]
    assert all(found.adjusted_p <= 0.05 for found in drifted)


def test_no_columns_have_no_verdicts() -> None:
    assert judge([]) == []
