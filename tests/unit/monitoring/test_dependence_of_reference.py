"""How alike the reference's rows are, by stretches of several lengths."""

import numpy as np
import pyarrow as pa
import pytest

from tests.fakes.in_time import in_time, readings
from watchkeeper.monitoring.drift.dependence import Dependence, alikeness, closer, design_effect
from watchkeeper.monitoring.references.by_day import counts_by_day
from watchkeeper.monitoring.verdicts.depending import of_reference
from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind

YEAR = in_time(readings(np.random.default_rng(1), 364, lasting=0.8), begins="2025-01-02")  # a Thursday, as 1970 began
BINS: BinSet = fit_bin_set(Column("reading", Kind.NUMERIC), YEAR["reading"])
REACHING = [0.001]


def test_the_effect_of_a_day_is_that_of_the_references_weeks() -> None:
    days, counts = counts_by_day([BINS], YEAR, time="when", zone="UTC")
    assert (len(days), int(counts.sum())) == (364, YEAR.num_rows)
    found = of_reference([BINS], days, counts)
    weeks = np.stack([BINS.count(YEAR["reading"].slice(168 * week, 168)) for week in range(52)])
    expected = design_effect(weeks, ordered=True, p_value=REACHING[0])
    assert found.effects(1, days=1, p_values=REACHING)[0] == pytest.approx(expected)
    assert found.days == (7, 14, 28)
    assert found.effects(1, days=30, p_values=REACHING)[0] > expected > 20


def of(table: pa.Table) -> Dependence:
    return of_reference([BINS], *counts_by_day([BINS], table, time="when", zone="UTC"))


def test_a_reference_of_fewer_weeks_than_three_is_looked_at_by_the_day_which_are_taken_to_last() -> None:
    found = of(YEAR.slice(0, 16 * 24))
    assert (found.days, found.blocks, found.why) == ((1,), (16,), "")
    days = np.stack([BINS.count(YEAR["reading"].slice(24 * day, 24)) for day in range(16)])
    assert found.ratios[0][0] == pytest.approx(1 + 9 * (alikeness(days, ordered=True) - 1))
    assert found.effects(1, days=1, p_values=REACHING)[0] > 24  # a whole day tells less than one independent row


def test_nothing_is_known_of_rows_that_follow_each_other_in_a_reference_of_two_days() -> None:
    found = of(YEAR.slice(0, 2 * 24))
    assert (found.known, found.why) == (False, "the reference covers fewer than 3 days")
    assert found.effects(1, days=1, p_values=REACHING).tolist() == [np.inf]


def test_rows_without_times_are_taken_as_independent() -> None:
    assert Dependence().effects(3, days=1, p_values=[0.1] * 3).tolist() == [1.0] * 3
    assert Dependence().closer(np.array([5, 500]), days=1).tolist() == [1.0, 1.0]


def test_a_week_that_was_held_out_is_one_stretch_whichever_day_it_begins_on() -> None:
    weeks = [YEAR.slice((56 * number + 24) * 24 - 5, 7 * 24) for number in range(6)]  # each on eight local days
    found = of(pa.concat_tables(weeks))
    assert (found.days, found.blocks, found.rows) == ((7,), (6,), (168.0,))


def test_rows_that_lie_closer_together_than_in_the_reference_have_as_much_more_of_an_effect() -> None:
    some = YEAR.take(np.sort(np.random.default_rng(1).permutation(YEAR.num_rows)[: YEAR.num_rows // 4]))
    whole, thin = of(YEAR), of(some)
    now = np.array([7 * 24])
    expected = whole.effects(1, days=7, p_values=REACHING) * whole.closer(now, days=7)
    found = closer(thin.effects(1, days=7, p_values=REACHING), thin.closer(now, days=7))
    assert thin.closer(now, days=7)[0] == pytest.approx(4)
    assert thin.effects(1, days=7, p_values=REACHING)[0] < expected[0] / 3
    assert found[0] == pytest.approx(expected[0], rel=0.1)
    assert whole.closer(np.array([70 * 24]), days=70)[0] == pytest.approx(70 / 28)  # the longest that it has eight of


def test_a_column_that_moves_within_part_of_a_year_is_known_to_have_a_season() -> None:
    hours = np.arange(182 * 24)
    season = 3 * np.cos(2 * np.pi * hours / (365 * 24))
    still = of(in_time(readings(np.random.default_rng(3), 182, lasting=0.0), begins="2025-01-02"))
    moving = of(in_time(readings(np.random.default_rng(3), 182, lasting=0.0) + season, begins="2025-01-02"))
    assert (still.courses, moving.courses, moving.year) == ((False,), (True,), (1, 2, 3, 4, 5, 6, 7))
    assert (of(YEAR).courses, of(YEAR).year) == ((), ())
