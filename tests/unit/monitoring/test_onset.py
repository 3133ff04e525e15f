"""When a drift began, and how it came."""

import numpy as np
import pytest

from tests.fakes.by_day import abrupt, by_day, gradual, passing
from watchkeeper.monitoring.drift.onset.dating import MOST_DAYS, onset
from watchkeeper.monitoring.drift.onset.onset import Course

DAYS = 60
SOME = range(30)


def test_a_change_from_one_day_to_the_next_is_dated() -> None:
    found = [onset(by_day(np.random.default_rng(seed), 2 * abrupt(DAYS, 40))) for seed in SOME]
    assert all(each and each.course is Course.ABRUPT and abs(each.first - 40) <= 1 for each in found)
    assert sum(each is not None and each.low <= 40 <= each.high for each in found) >= 28


def test_what_comes_little_by_little_is_told_from_what_comes_at_once() -> None:
    found = [onset(by_day(np.random.default_rng(seed), 3 * gradual(DAYS, 25, 20))) for seed in SOME]
    known = [each for each in found if each is not None]
    assert sum(each.course is Course.GRADUAL for each in known) >= 27
    assert sum(each.low <= 25 <= each.high for each in known) >= 27
    assert all(each.full is not None and each.full > each.first for each in known if each.course is Course.GRADUAL)


def test_what_has_passed_is_dated_at_both_ends() -> None:
    found = [onset(by_day(np.random.default_rng(seed), 2 * passing(DAYS, 30, 8))) for seed in SOME]
    assert all(each and each.course is Course.PASSING and abs(each.first - 30) <= 1 for each in found)
    assert all(each and each.last is not None and abs(each.last - 37) <= 1 for each in found)


def test_days_that_are_alike_make_the_interval_wider() -> None:
    widths = []
    for lasting in (0.0, 0.5):
        found = [onset(by_day(np.random.default_rng(seed), 2 * abrupt(120, 60), lasting=lasting)) for seed in SOME]
        widths.append(np.mean([each.high - each.low + 1 if each else 60 for each in found]))
    assert widths[0] < widths[1]


def test_days_without_a_change_have_no_first_one() -> None:
    found = [onset(by_day(np.random.default_rng(seed), np.zeros(DAYS))) for seed in SOME]
    assert sum(each is not None for each in found) <= 2


def test_the_reference_says_which_days_are_the_drifted_ones() -> None:
    chance = np.random.default_rng(5)
    usual = by_day(chance, np.zeros(300)).sum(axis=0)
    ended = by_day(chance, 2 - 2 * abrupt(DAYS, 40))
    alone, told = onset(ended), onset(ended, usual)
    assert alone is not None
    assert alone.first == 40
    assert told is not None
    assert (told.course, told.first) == (Course.EARLIER, 0)


def test_a_reference_without_rows_says_nothing() -> None:
    days = by_day(np.random.default_rng(6), 2 * abrupt(DAYS, 40))
    assert onset(days, np.zeros(days.shape[1], dtype=np.int64)) == onset(days)


def test_days_without_rows_are_passed_over() -> None:
    days = by_day(np.random.default_rng(7), 2 * abrupt(DAYS, 40))
    days[[3, 20, 39]] = 0
    days[59] = [1] + [0] * 9
    found = onset(days)
    assert found is not None
    assert found.first == 40


def test_of_many_days_the_last_ones_are_looked_at() -> None:
    moved = 3 * abrupt(MOST_DAYS + 50, MOST_DAYS + 20)
    found = onset(by_day(np.random.default_rng(8), moved, rows=20))
    assert found is not None
    assert abs(found.first - MOST_DAYS - 20) <= 1


@pytest.mark.parametrize("days", [np.zeros((0, 3)), np.zeros((30, 3)), np.ones((13, 3)), np.ones((30, 1))])
def test_too_little_says_nothing(days: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    assert onset(days.astype(np.int64)) is None
