"""How alike the reference's rows are, by stretches of several lengths."""

import numpy as np
import pytest

from tests.fakes.in_time import in_time, readings
from watchkeeper.monitoring.by_day import counts_by_day
from watchkeeper.monitoring.depending import of_reference
from watchkeeper.monitoring.drift.dependence import Dependence, design_effect
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


def test_a_short_reference_or_one_without_times_says_why_its_rows_are_taken_as_independent() -> None:
    days, counts = counts_by_day([BINS], YEAR.slice(0, 16 * 24), time="when", zone="UTC")
    found = of_reference([BINS], days, counts)
    assert found.why == "the reference covers fewer than 3 weeks"
    assert found.effects(1, days=1, p_values=REACHING).tolist() == [1.0]
    assert Dependence().effects(3, days=1, p_values=[0.1] * 3).tolist() == [1.0] * 3
