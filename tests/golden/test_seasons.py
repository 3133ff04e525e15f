"""A season's reference and what its rows are worth, beside cases worked out by hand or from the definition."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.seasons.lasting import GRID, Centring, Lasting, lasting
from watchkeeper.monitoring.drift.seasons.reweighting import reweighted
from watchkeeper.monitoring.drift.seasons.strata import STRATA, Moments, days_of, strata_of
from watchkeeper.monitoring.drift.seasons.stretch import Stretch
from watchkeeper.monitoring.drift.seasons.weeks import Weekly, Weeks
from watchkeeper.monitoring.drift.seasons.worth import Crowding, Spreads, Weighting
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

BINS = fit_bin_set(Column("value", Kind.NUMERIC), pa.array([0.0, 1.0] * 50))


def test_strata_of_moments_worked_out_by_hand() -> None:
    """Month, block of three hours, day off: Monday 1 January 2024 00:00, Saturday 6 July 23:59, Sunday 29 December."""
    moments = np.array(["2024-01-01T00:00", "2024-07-06T23:59", "2024-12-29T12:00"], dtype="datetime64[us]")
    assert strata_of(moments).tolist() == [0, (6 * 8 + 7) * 2 + 1, (11 * 8 + 4) * 2 + 1]
    new_year = days_of(np.array(["2024-01-01"], dtype="datetime64[us]"))
    assert strata_of(moments, new_year).tolist()[0] == 1


def test_weights_and_their_worth_worked_out_by_hand() -> None:
    """Two strata of 100 and 300 rows, a window of 30 and 10: a row of the first stands for .3, of the second for 1/30.

    Kish: 40 squared over .09 x 100 + 300 / 900, which is 1600 / 9.3333.
    """
    reference, window, days = (np.zeros(STRATA, dtype=np.int64) for _ in range(3))
    reference[[4, 5]], window[[4, 5]], days[[4, 5]] = [100, 300], [30, 10], 5
    found = reweighted(reference, window, days=days)
    assert found.weights[[4, 5]] == pytest.approx([0.3, 1 / 30])
    assert found.worth == pytest.approx(171.428571)


def test_what_is_sparse_is_matched_more_coarsely_and_a_month_that_is_not_there_is_left_out() -> None:
    """The reference's January has days off at night; the window work days then, hours by day, and a February."""
    reference, window, days = (np.zeros(STRATA, dtype=np.int64) for _ in range(3))
    reference[[0, 1]], days[[0, 1]] = [2, 10], [1, 9]
    window[[0, 8, 16]] = [6, 4, 3]
    found = reweighted(reference, window, days=days)
    assert found.left[16] == 3
    assert found.left.sum() == 3
    assert found.weights[[0, 1]] == pytest.approx([10 / 12, 10 / 12])
    assert found.total == 10


def _left(rows: Floats) -> Floats:
    """By the definition: each week's sum is spread over its strata by their rows, and measured from their means."""
    weeks, found = len(rows), []
    for week in range(weeks):
        parts = np.zeros(rows.shape)
        parts[week] = rows[week] / rows[week].sum()
        found.append((parts - rows * parts.sum(axis=0) / rows.sum(axis=0)).sum(axis=-1))
    return np.array(found).T


def test_what_centring_leaves_is_what_the_definition_says() -> None:
    rows = np.random.default_rng(3).integers(1, 9, size=(6, 4)).astype(np.float64)
    left = _left(rows)
    found = Centring.of(rows)
    assert found.squares == pytest.approx(left.T @ left)
    neighbours = np.sum([np.outer(left[place], left[place + 1]) for place in range(5)], axis=0)
    assert found.neighbours == pytest.approx((neighbours + neighbours.T) / 2)


def test_a_sum_over_weeks_varies_as_the_definition_says() -> None:
    """Two weeks of deviations 3 and 4, correlation .5, effect 2: 2 x (9 + 16 + 2 x .5 x 12)."""
    assert Lasting(2.0, 0.5).variance(np.array([3.0, 4.0])) == pytest.approx(74.0)


def test_independent_weeks_without_strata_to_speak_of_are_found_to_be_so() -> None:
    """Many years of four weeks a month: the mean of squares is the variance, and neighbours are not alike."""
    chance = np.random.default_rng(5)
    weeks = 400
    rows = np.zeros((weeks, 12))
    rows[np.arange(weeks), np.arange(weeks) // 4 % 12] = 7
    sums = chance.normal(size=weeks) * np.sqrt(7)
    means = [sums[rows[:, stratum] > 0].mean() for stratum in range(12)]
    found = lasting(sums - np.array(means)[np.arange(weeks) // 4 % 12], np.full(weeks, 7.0), Centring.of(rows))
    assert found.effect == pytest.approx(1.0, abs=0.15)
    assert found.correlation < 0.15


def test_the_curves_are_those_of_the_whole_matrices() -> None:
    """The trace of what is left times the covariance, at the grid's correlation of .4."""
    chance = np.random.default_rng(6)
    centring, deviations = Centring.of(chance.integers(1, 9, size=(8, 3))), chance.random(8)
    distances = np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
    covariance = 0.4**distances * np.outer(deviations, deviations)
    left, beside = centring.curves(deviations)
    place = int(np.argmin(np.abs(GRID - 0.4)))
    assert left[place] == pytest.approx((centring.squares * covariance).sum())
    assert beside[place] == pytest.approx((centring.neighbours * covariance).sum())


def test_how_much_closer_together_rows_lie_worked_out_by_hand() -> None:
    """Half-hours, and 150 rows in three hours of a day: 150 / 48 times as many a day, 25 times in three hours, up to 75
    in one. With a weekly effect of 2: 1 + 3.125 + (75 - 3.125), since three hours hold six rows and could be alike."""
    year, night = (
        np.arange(start, start + np.timedelta64(rows * step, "s"), np.timedelta64(step, "s"))
        for start, rows, step in ((np.datetime64("2024-01-01", "s"), 17_568, 1_800),
                                  (np.datetime64("2025-03-04T10:00", "s"), 150, 20))
    )  # fmt: skip
    found = Crowding.of(_almanac(year), Stretch.of_columns([_counted(night)]))
    assert (found.day, found.hours, found.held) == pytest.approx((3.125, 75, 6))
    assert found.effects(np.array([1.0, 2.0])) == pytest.approx([1, 76])


def test_the_reference_of_a_nightly_batch_is_worth_the_rows_of_those_hours() -> None:
    """A window of one workday at 10:00 is held against 21 workdays of March of six rows in three hours; independent."""
    year = np.arange(np.datetime64("2024-01-01", "s"), np.datetime64("2025-01-01", "s"), np.timedelta64(30, "m"))
    night = np.datetime64("2025-03-04T10:00", "s") + np.arange(150) * np.timedelta64(20, "s")
    almanac = _almanac(year)
    almanac = replace(almanac, lasting=np.tile([1.0, 0.0], (len(almanac.directions), 1)))
    weighting = Weighting.of_window(almanac, Stretch.of_columns([_counted(night)]))
    found, stratum = Spreads.of(almanac, weighting, np.array([0.01])), strata_of(night[:1])[0]
    assert found.of_reference == pytest.approx(almanac.within[:, stratum] / (21 * 6))


def _counted(when: Moments) -> Weekly:
    weeks, cells = Weeks.of(days_of(when), strata_of(when))
    counts = np.zeros((weeks.week.size, BINS.size), dtype=np.int64)
    np.add.at(counts, (cells, 1 + np.arange(when.size) % 2), 1)
    return Weekly(weeks, counts)


def _almanac(when: Moments) -> Almanac:
    counted = _counted(when)
    return Almanac.of([BINS], counted.weeks, [counted.counts])
