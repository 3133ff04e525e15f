"""Ranks and bounds as a full sort has them, of tables that are counted in ranges and of those that are not."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind
from watchkeeper.tables.layouts.ranked import MANY, InOrder, ranked

ROWS = 3 * MANY + 17
CHANCE = np.random.default_rng(5)
NORMAL = CHANCE.normal(size=ROWS)
NUMBERS = {
    "normal": NORMAL,
    "lognormal": np.exp(3 * NORMAL),
    "cauchy": CHANCE.standard_cauchy(ROWS),
    "few values": np.round(NORMAL),
    "many values, tied": np.round(NORMAL * 1_000),
    "half of it zero": np.where(NORMAL > 0, NORMAL, 0.0),
    "constant": np.full(ROWS, 0.1),
    "one far off": np.append(NORMAL, 1e300),
    "as large as numbers get": np.where(NORMAL > 0, 1.0, -1.0) * CHANCE.uniform(0.5, 1.0, ROWS) * 1.7e308,
    "as small as they get": NORMAL * 1e-310,
    "close to one another": 1e6 + NORMAL * 1e-9,
    "rising": np.linspace(-1.0, 2.0, ROWS),
    "two heaps far apart": np.where(CHANCE.random(ROWS) < 0.5, NORMAL, 1e9 + NORMAL),
    "just enough to be counted in ranges": NORMAL[:MANY],
    "just too few": NORMAL[: MANY - 1],
}
each = pytest.mark.parametrize("numbers", NUMBERS.values(), ids=NUMBERS)


@each
def test_what_stands_at_a_rank_is_what_a_sort_puts_there(numbers: npt.NDArray[np.float64]) -> None:
    found, expected = ranked(numbers), np.sort(numbers)
    ranks = CHANCE.integers(0, numbers.size, 200)
    assert found.size == numbers.size
    assert np.array_equal(found.at(np.array([0, numbers.size - 1])), [numbers.min(), numbers.max()])
    assert np.array_equal(found.at(ranks), expected[ranks])


@each
def test_as_many_are_at_most_so_much_as_a_sort_counts(numbers: npt.NDArray[np.float64]) -> None:
    found, expected = ranked(numbers), np.sort(numbers)
    held = expected[CHANCE.integers(0, numbers.size, 60)]
    ends = [-np.inf, np.nextafter(expected[0], -np.inf), np.nextafter(expected[-1], np.inf), np.inf, 0.0, 1.0, -1.7e308]
    bounds = np.concatenate([held, np.nextafter(held, -np.inf), np.nextafter(held, np.inf), ends])
    assert np.array_equal(found.up_to(bounds), np.searchsorted(expected, bounds, side="right"))
    assert np.array_equal(found.up_to(bounds[::-1]), found.up_to(bounds)[::-1])


@each
def test_the_order_of_rows_changes_no_bins(numbers: npt.NDArray[np.float64]) -> None:
    column, mixed = Column("x", Kind.NUMERIC), CHANCE.permutation(numbers)
    bins, again = fit_bin_set(column, pa.array(numbers)), fit_bin_set(column, pa.array(mixed))
    assert (bins.labels(), bins.reference) == (again.labels(), again.reference)
    assert bins.count(pa.array(mixed)).tolist() == list(bins.reference)
    assert np.bincount(bins.places(pa.array(mixed)), minlength=bins.size).tolist() == list(bins.reference)


@each
def test_the_different_ones_are_told_where_they_are_few(numbers: npt.NDArray[np.float64]) -> None:
    different = np.unique(numbers)
    assert ranked(numbers).few(50) == (different.tolist() if different.size <= 50 else None)


def test_whole_numbers_keep_their_type() -> None:
    numbers = InOrder.of(np.array([2**63 - 1, 5, 2**63 - 2], dtype=np.int64))
    assert numbers.at(np.array([1, 2])).tolist() == [2**63 - 2, 2**63 - 1]
    assert InOrder.of(np.array([])).few(50) == []
