"""Counts of a column by week and stratum, which is all that a comparison with the same season reads."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np

from watchkeeper.monitoring.drift.seasons.lasting import FARTHEST
from watchkeeper.monitoring.drift.seasons.strata import MONTHS, STRATA, Days, distinct_days, offsets
from watchkeeper.monitoring.drift.seasons.strays import FAR
from watchkeeper.monitoring.drift.sides import Counts, Floats, Rows

WEEK = 7
YEAR = 364
"""Days that a reference has to span, for a season to be looked for in it unasked: fifty-two weeks."""


@dataclass(frozen=True)
class Weeks:
    """The pairs of a week and a stratum that have rows: the cells.

    Attributes:
        week: of each cell, counted from the first one on, of shape (cells,). Where no rows are for longer than weeks
            are alike, those between are not counted: one wrong date would be thousands.
        stratum: the same of the strata.
        days: on how many days each stratum has rows, of shape (strata,).
        all_days: how many days have rows.
        offset: how far the middle of each month's days that have rows lies from that of the month, in months, of shape
            (12,); of a window, where it tells of half a month.
    """

    week: Counts
    stratum: Counts
    days: Counts
    all_days: int
    offset: Floats = field(default_factory=lambda: np.zeros(MONTHS), compare=False)

    @classmethod
    def of(cls, days: Days, strata: Counts) -> tuple[Self, Counts]:
        """And the cell of each row; from the day and the stratum of each, of shape (rows,)."""
        first = int(days.min()) if days.size else 0
        keys, cells = np.unique((days - first) // WEEK * STRATA + strata, return_inverse=True)
        week = np.cumsum(np.minimum(np.diff(keys // STRATA, prepend=0), FARTHEST))
        there = np.unique(days)
        found = cls(week, keys % STRATA, distinct_days(days, strata), there.size, offsets(there))
        return found, cells.reshape(-1).astype(np.int64)

    def __len__(self) -> int:
        return int(self.week.max()) + 1 if self.week.size else 0

    @cached_property
    def covered(self) -> int:
        """How many weeks lie from the first one to the last, without stretches of half a year that have no rows."""
        steps = np.diff(np.unique(self.week))
        return int(np.where(steps * WEEK > FAR, 1, steps).sum()) + 1 if self.week.size else 0

    def by_stratum(self, cells: Rows) -> Any:
        """Sums of shape (strata, ...) from (cells, ...)."""
        return _summed(cells, self.stratum, STRATA)

    def by_week(self, cells: Rows) -> Floats:
        """Sums of shape (weeks, ...)."""
        return _summed(cells, self.week, len(self)).astype(np.float64)


@dataclass(frozen=True)
class Weekly:
    """A column's counts in the cells of `weeks`, of shape (cells, bins), the missing values last."""

    weeks: Weeks
    counts: Counts

    @classmethod
    def of(cls, days: Days, strata: Counts, counts: Counts) -> Self:
        """From parts, as hours are: the day and the stratum of each, and counts of shape (parts, bins)."""
        held = counts.sum(axis=-1) > 0
        weeks, cells = Weeks.of(days[held], strata[held])
        return cls(weeks, _summed(counts[held], cells, weeks.week.size).astype(np.int64))

    @cached_property
    def rows(self) -> Counts:
        """Of each cell, missing values included."""
        found: Counts = self.counts.sum(axis=-1)
        return found

    @cached_property
    def present(self) -> Counts:
        found: Counts = self.rows - self.counts[:, -1]
        return found


def _summed(cells: Rows, into: Counts, size: int) -> Rows:
    found = np.zeros((size, *cells.shape[1:]), dtype=cells.dtype)
    np.add.at(found, into, cells)
    return found
