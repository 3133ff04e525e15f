"""The verdicts' error rates, in small: `just bench false-alarms power` has the whole tables."""

import numpy as np
import pyarrow as pa
import pytest

from tests.fakes.columns import WITHOUT_DRIFT, distinct, of_levels
from tests.fakes.moved import MOVED, shifted
from watchkeeper.monitoring import compare
from watchkeeper.monitoring.drift.facets.unseen import NEW_LEVELS
from watchkeeper.monitoring.drift.family import first_threshold
from watchkeeper.monitoring.drift.sides import Flags, Sides
from watchkeeper.monitoring.drift.weighing import weigh
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

ROWS = [(1_000, 50), (1_000, 1_000), (10_000, 200), (1_000, 10_000)]
WITH_TIME = [name for name in WITHOUT_DRIFT if name != "Zipf 5,000"]


def drifted(sides: Sides, *, family: int) -> Flags:
    weighed = weigh(sides)
    threshold = first_threshold(family, 0.05)
    significant: Flags = weighed.significant(np.full(len(sides.m), threshold)) & weighed.material
    return np.asarray(significant.any(axis=0))


@pytest.mark.parametrize("name", WITH_TIME)
@pytest.mark.parametrize(("m", "n"), ROWS)
def test_no_more_than_one_column_in_a_hundred_is_called_for_nothing(name: str, m: int, n: int) -> None:
    """Of 3,000 columns at most 30 are expected, and 44 or more would come of that by chance once in a hundred times."""
    found = drifted(WITHOUT_DRIFT[name](np.random.default_rng(11), 3_000, m, n), family=1)
    assert found.sum() <= 43


@pytest.mark.parametrize(("m", "n"), [(5, 20), (5, 1_000), (8, 1_000), (12, 200), (30, 1_000), (8, 2)])
def test_no_more_are_where_the_reference_has_few_rows(m: int, n: int) -> None:
    """Of 20,000 columns in families of 20 at most 40 are expected, and 56 or more once in a hundred times. Where bins
    were taken to have the shares that such a reference gave them there were 373 at 5 / 1,000."""
    assert drifted(distinct(np.random.default_rng(17), 20_000, m, n), family=20).sum() <= 55


@pytest.mark.parametrize("n", [20, 1_000])
def test_five_rows_find_a_mean_that_moved_by_five_deviations(n: int) -> None:
    chance = np.random.default_rng(18)
    for _ in range(20):
        before, now = chance.normal(size=5), chance.normal(5.0, size=n)
        assert compare(pa.table({"x": before}), pa.table({"x": now})).drifted == ("x",)


def test_a_few_levels_that_the_reference_missed_are_no_new_ones_though_the_window_is_ten_times_as_large() -> None:
    """Of a hundred levels that it held eight times on average. Where those it held were not asked, nine times as many
    columns as are declared were called."""
    chance = np.random.default_rng(16)
    drawn = (chance.multinomial(rows, np.full(100, 0.01), 20_000) for rows in (800, 8_000))
    sides = of_levels(*drawn)
    found = NEW_LEVELS.p_values(sides) <= NEW_LEVELS.weight * first_threshold(1, 0.05)
    assert found.sum() <= 12 + 2.33 * np.sqrt(12)


@pytest.mark.parametrize("name", MOVED)
def test_one_column_of_two_hundred_that_moved_is_found_nine_times_in_ten(name: str) -> None:
    found = drifted(MOVED[name](np.random.default_rng(12), 500, 10_000, 1_000), family=200)
    assert found.mean() > 0.9


@pytest.mark.parametrize("name", ["mean + .2 deviations", "variance x 1.3"])
def test_one_of_five_is_found_with_a_reference_of_a_thousand(name: str) -> None:
    found = drifted(MOVED[name](np.random.default_rng(13), 1_000, 1_000, 1_000), family=5)
    assert found.mean() > 0.85


def test_a_small_shift_is_significant_at_seventy_thousand_rows_and_never_called_drifted() -> None:
    sides = shifted(0.05)(np.random.default_rng(14), 200, 70_000, 70_000)
    weighed = weigh(sides)
    assert weighed.significant(np.full(200, first_threshold(200, 0.05))).any(axis=0).all()
    assert not drifted(sides, family=200).any()


@pytest.mark.parametrize("law", ["normal", "lognormal", "standard_cauchy"])
def test_columns_drawn_as_the_law_of_their_counts_are_as_columns_of_values(law: str) -> None:
    """Whatever the distribution, the window's shares of the reference's bins have the same mean and spread."""
    chance, m, n = np.random.default_rng(15), 1_000, 200
    drawn = distinct(chance, 4_000, m, n)
    counted = []
    for _ in range(400):
        before, now = (getattr(chance, law)(size=rows) for rows in (m, n))
        bins = fit_bin_set(Column("x", Kind.NUMERIC), pa.array(before))
        assert list(bins.reference[:-1]) == drawn.reference[0].tolist()
        counted.append(bins.count(pa.array(now))[:-1])
    of_values = np.array(counted)
    assert of_values.mean(axis=0) == pytest.approx(drawn.window.mean(axis=0), abs=0.6)
    assert of_values.std() == pytest.approx(drawn.window.std(), rel=0.05)
