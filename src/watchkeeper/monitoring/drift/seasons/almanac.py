"""What a reference tells of its seasons, of all columns at once: counted and measured once, and then only read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from typing import Any, Self

import numpy as np

from watchkeeper.monitoring.drift.seasons.directions import Directions, Kind
from watchkeeper.monitoring.drift.seasons.lasting import Centring, lasting
from watchkeeper.monitoring.drift.seasons.strata import MONTHS, STRATA
from watchkeeper.monitoring.drift.seasons.weeks import Weeks
from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats, Rows
from watchkeeper.tables.bins import BinSet

ROUNDING = 1e-9
"""Of a mean score, which is of the order of one."""


@dataclass(frozen=True)
class Almanac:
    """A reference by week and stratum.

    Attributes:
        bin_sets: of the columns.
        weeks: the cells that have rows.
        rows: of each cell, of shape (cells,).
        missing: how many of them miss the column's value, of shape (cells, columns).
        counts: by stratum, of shape (strata, bins), those of all columns end to end.
        lasting: how each direction varies from week to week: the effect and the correlation, of shape (directions, 2).
        freedom: how well that is known of all rows, and of those in which each column has a value: the degrees of
            freedom, of shape (1 + columns,).
    """

    bin_sets: Sequence[BinSet]
    weeks: Weeks
    rows: Counts
    missing: Counts
    counts: Counts
    lasting: Floats
    freedom: Floats

    @classmethod
    def of(cls, bin_sets: Sequence[BinSet], weeks: Weeks, columns: Iterable[Counts]) -> Self:
        """From each column's counts by cell, of shape (cells, bins), the missing values last; looked at one by one."""
        by_stratum, missing, measured, freedom = [], [], list[tuple[float, float]](), list[float]()
        rows = np.zeros(weeks.week.size, dtype=np.int64)
        for bins, counts in zip(bin_sets, columns, strict=True):
            rows = counts.sum(axis=-1)
            by_stratum.append(weeks.by_stratum(counts))
            missing.append(counts[:, -1])
            found = Directions.of([bins], by_stratum[-1].sum(axis=0))
            measured += [_lasting(weeks, counts, found, place) for place in range(len(found))]
            freedom.append(_centring(weeks, rows - counts[:, -1]).freedom)
        return cls(
            bin_sets,
            weeks,
            rows,
            np.stack(missing, axis=-1),
            np.hstack(by_stratum),
            np.array(measured, dtype=np.float64).reshape(-1, 2),
            np.array([_centring(weeks, rows).freedom, *freedom]),
        )

    def packed(self) -> bytes:
        """Without the bins."""
        file = BytesIO()
        named = {name: getattr(self, name) for name in ("rows", "missing", "counts", "lasting", "freedom")}
        weeks = {name: np.asarray(getattr(self.weeks, name)) for name in ("week", "stratum", "days", "all_days")}
        arrays: dict[str, Any] = {name: _narrow(each) for name, each in (named | weeks).items()}
        np.savez_compressed(file, **arrays)
        return file.getvalue()

    @classmethod
    def unpacked(cls, kept: bytes, bin_sets: Sequence[BinSet]) -> Self:
        with np.load(BytesIO(kept), allow_pickle=False) as found:
            week, stratum, days = (found[name].astype(np.int64) for name in ("week", "stratum", "days"))
            rows, missing, counts = (found[name].astype(np.int64) for name in ("rows", "missing", "counts"))
            weeks = Weeks(week, stratum, days, int(found["all_days"]))
            return cls(bin_sets, weeks, rows, missing, counts, found["lasting"], found["freedom"])

    @cached_property
    def directions(self) -> Directions:
        return Directions.of(self.bin_sets, self.counts.sum(axis=0))

    @cached_property
    def starts(self) -> Counts:
        """Where each column's bins begin, of shape (columns,)."""
        return np.cumsum([0, *(bins.size for bins in self.bin_sets[:-1])])

    @cached_property
    def ordered(self) -> Flags:
        """Which columns are of numbers."""
        return np.array([bins.layout.roles().ordered for bins in self.bin_sets])

    @cached_property
    def held(self) -> Floats:
        """The counts, as products of matrices want them."""
        return self.counts.astype(np.float64)

    @cached_property
    def gaps(self) -> Counts:
        """The missing values by stratum, of shape (columns, strata)."""
        found: Counts = self.weeks.by_stratum(self.missing).T
        return found

    @cached_property
    def by_stratum(self) -> Counts:
        """The rows, of shape (strata,)."""
        found: Counts = self.weeks.by_stratum(self.rows)
        return found

    @cached_property
    def of_directions(self) -> Counts:
        """The rows that each direction is of, of shape (directions, strata): all of them, or those with a value."""
        of = self.directions
        return self.by_stratum - np.where((of.kind == Kind.MISSING)[:, np.newaxis], 0, self.gaps[of.column])

    @cached_property
    def means(self) -> Floats:
        """Of each direction's score in each stratum, of shape (directions, strata)."""
        found: Floats = self.directions.sums(self.counts) / np.maximum(self.of_directions, 1)
        return found

    @cached_property
    def steps(self) -> Floats:
        """By how much the mean moves within a month, by those of the months beside it that have rows, of the same
        shape. What a month settles, as its number, does not move within it."""
        means = self.means.reshape(len(self.directions), MONTHS, -1)
        there = (self.of_directions > 0).reshape(means.shape)
        before, after = (np.where(np.roll(there, by, axis=1), np.roll(means, by, axis=1), means) for by in (1, -1))
        months = sum(np.roll(there, by, axis=1).astype(np.int64) for by in (1, -1))
        moving = ((after - before) / np.maximum(months, 1)).reshape(self.means.shape)
        settled = (self.within <= ROUNDING).all(axis=-1, keepdims=True)
        return np.where(settled, 0.0, moving)

    @cached_property
    def within(self) -> Floats:
        """The variance of the score in each stratum."""
        squares = self.directions.squares(self.counts) / np.maximum(self.of_directions, 1)
        return np.maximum(squares - self.means**2, 0.0)

    @cached_property
    def expected(self) -> Floats:
        """The variance of each week's sum of scores if rows were independent, of shape (directions, weeks)."""
        of, cells = self.directions, self.within[:, self.weeks.stratum]
        rows = self.rows - np.where((of.kind == Kind.MISSING)[:, np.newaxis], 0, self.missing.T[of.column])
        return by_week(self.weeks, cells * rows)


def _narrow(values: Rows) -> Rows:
    """In the narrowest integers that hold them."""
    if not np.issubdtype(values.dtype, np.integer):
        return values
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def by_week(weeks: Weeks, cells: Rows) -> Floats:
    """Sums of shape (..., weeks) from (..., cells), whose weeks rise."""
    found = np.zeros((*cells.shape[:-1], len(weeks)))
    if weeks.week.size:
        starts = np.flatnonzero(np.diff(weeks.week, prepend=-1))
        found[..., weeks.week[starts]] = np.add.reduceat(cells, starts, axis=-1)
    return found


def _lasting(weeks: Weeks, counts: Counts, of: Directions, place: int) -> tuple[float, float]:
    score = of.scores[[place]].toarray()[0]
    rows = counts.sum(axis=-1)
    rows = rows if of.kind[place] == Kind.MISSING else rows - counts[:, -1]
    sums, held = counts @ score, np.maximum(weeks.by_stratum(rows), 1)
    means = weeks.by_stratum(sums) / held
    within = np.maximum(weeks.by_stratum(counts @ score**2) / held - means**2, 0.0)
    expected = by_week(weeks, rows * within[weeks.stratum])
    apart = by_week(weeks, sums - rows * means[weeks.stratum])
    found = lasting(apart, expected, _centring(weeks, rows))
    return found.effect, found.correlation


def _centring(weeks: Weeks, rows: Counts) -> Centring:
    """Columns of which nothing is missing share one."""
    by_cell = np.zeros((len(weeks), STRATA), dtype=np.int64)
    by_cell[weeks.week, weeks.stratum] = rows
    return _kept_centring(len(weeks), by_cell.tobytes())


@lru_cache(maxsize=8)
def _kept_centring(weeks: int, rows: bytes) -> Centring:
    return Centring.of(np.frombuffer(rows, dtype=np.int64).reshape(weeks, STRATA))
