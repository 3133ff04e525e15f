"""Which rows are held out (decision 4)."""

import numpy as np
import pytest

from watchkeeper.learning.arrays import Ints
from watchkeeper.learning.local_time import DAY
from watchkeeper.learning.splitting import DRAWN, LAST, SPREAD, hold_out, reference_blocks

CHANCE = np.random.default_rng(3)


def days(count: int, *, rows_a_day: int = 1) -> Ints:
    return np.repeat(np.arange(count), rows_a_day) * DAY


def test_with_a_time_the_last_fifth_is_held_out() -> None:
    split = hold_out(CHANCE.normal(size=100), days(100), task="regression", seed=1)
    assert (split.kind, split.held.tolist()) == (LAST, list(range(80, 100)))


def test_rows_of_one_moment_stay_together() -> None:
    split = hold_out(CHANCE.normal(size=70), days(10, rows_a_day=7), task="regression", seed=1)
    assert split.held.tolist() == list(range(56, 70))


def test_when_all_rows_are_of_one_moment_chance_decides() -> None:
    same, truth = np.zeros(50, dtype=np.int64), CHANCE.normal(size=50)
    for split in (
        hold_out(truth, same, task="regression", seed=1),
        reference_blocks(truth, same, task="regression", seed=1),
    ):
        assert (split.kind, split.held.size) == (DRAWN, 10)


def test_when_the_early_rows_have_one_class_only_chance_decides() -> None:
    late = np.array([0.0] * 80 + [0.0, 1.0] * 10)
    assert hold_out(late, days(100), task="binary", seed=1).kind == DRAWN
    assert hold_out(late[::-1], days(100), task="binary", seed=1).kind == LAST


def test_the_reference_is_one_week_in_eight_spread_over_the_year() -> None:
    at = days(366)
    split = reference_blocks(CHANCE.normal(size=366), at, task="regression", seed=1)
    weeks = np.unique(at[split.held] // (7 * DAY))
    assert split.kind == SPREAD
    assert weeks.tolist() == [3, 11, 19, 27, 35, 43, 51]


def test_a_short_period_has_shorter_blocks() -> None:
    split = reference_blocks(CHANCE.normal(size=240), days(10, rows_a_day=24), task="regression", seed=1)
    assert split.kind == SPREAD
    assert 240 / 10 <= split.held.size <= 240 / 5
    assert np.diff(split.held).max() == 1


def test_a_block_without_rows_is_no_reference() -> None:
    """Rows of each second fortnight only: the fourth week of eight is empty."""
    at = days(400)[days(400) // DAY % 28 < 14]
    split = reference_blocks(CHANCE.normal(size=at.size), at, task="regression", seed=1)
    assert split.held.size > at.size / 10


@pytest.mark.parametrize("rows", [20, 101, 1_000])
def test_without_a_time_each_part_has_its_share_of_the_classes(rows: int) -> None:
    truth = (CHANCE.permutation(rows) < rows // 4).astype(float)
    split = hold_out(truth, None, task="binary", seed=1)
    assert split.kind == DRAWN
    assert abs(split.held.size - rows / 5) < 1
    assert abs(truth[split.held].sum() - truth.sum() / 5) <= 1
