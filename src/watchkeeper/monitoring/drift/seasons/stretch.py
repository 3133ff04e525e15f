"""When the rows of a window happened, which is what the reference is weighted by."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.seasons.strata import STRATA, Days, strata_of_days
from watchkeeper.monitoring.drift.seasons.weeks import Weekly, Weeks
from watchkeeper.monitoring.drift.sides import Counts


@dataclass(frozen=True)
class Stretch:
    """`rows` of each cell, of shape (cells,), and how many `missing` each column's value, of shape (cells, columns)."""

    weeks: Weeks
    rows: Counts
    missing: Counts

    @classmethod
    def of_days(cls, days: Days, rows: Counts, missing: Counts) -> Self:
        """From days since 1970, of shape (days,), their rows by three hours, of shape (days, 8), and those missing of
        each column, of shape (days, 8, columns)."""
        held, block = np.nonzero(rows)
        weeks, cells = Weeks.of(days[held], strata_of_days(days)[held, block])
        there, gone = rows[held, block], missing[held, block]
        found = np.bincount(cells, weights=there, minlength=weeks.week.size).astype(np.int64)
        of_cells = np.zeros((weeks.week.size, missing.shape[-1]), dtype=np.int64)
        some = np.flatnonzero(gone.any(axis=-1))
        np.add.at(of_cells, cells[some], gone[some])
        return cls(weeks, found, of_cells)

    @classmethod
    def of_columns(cls, columns: Sequence[Weekly]) -> Self:
        """From columns that were counted in the same cells."""
        return cls(columns[0].weeks, columns[0].rows, np.stack([each.counts[:, -1] for each in columns], axis=-1))

    @cached_property
    def by_stratum(self) -> Counts:
        """Of shape (strata,)."""
        return np.bincount(self.weeks.stratum, weights=self.rows, minlength=STRATA).astype(np.int64)

    @cached_property
    def gaps(self) -> Counts:
        """Of shape (columns, strata)."""
        found: Counts = self.weeks.by_stratum(self.missing).T
        return found
