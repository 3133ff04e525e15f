"""Columns' counts as sides: those of numbers, and those of levels, each as one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.grouped import Grouping
from watchkeeper.monitoring.drift.measures.measure import Places
from watchkeeper.monitoring.drift.sides import Counts, Flags, Rows, Sides
from watchkeeper.tables.bins import BinSet


@dataclass(frozen=True)
class Lined:
    """`columns` says which of the columns each row of the sides is, `windows` of which window."""

    sides: Sides
    columns: Places
    windows: Places


def lined_up(bin_sets: Sequence[BinSet], references: Sequence[Rows], windows: Sequence[Rows]) -> list[Lined]:
    """From each column's counts in its own bins, the missing values last; of one window."""
    if not bin_sets:
        return []
    return Lining.of(bin_sets).sides(np.concatenate(references)[np.newaxis], np.concatenate(windows)[np.newaxis])


@dataclass(frozen=True)
class Lining:
    """How columns whose counts lie end to end become sides: made once, for any number of windows.

    Attributes:
        cells: the columns' bins that are judged by themselves, or groups of them, the missing values of each last.
        sorts: the columns of numbers, and those of levels.
    """

    cells: Grouping
    sorts: "tuple[_Sort, ...]"

    @classmethod
    def of(cls, bin_sets: Sequence[BinSet]) -> Self:
        columns = [_Column.of(bins) for bins in bin_sets]
        cells = Grouping.of([column.cells for column in columns])
        starts = cells.columns.tolist()
        sorts = []
        for ordered in (True, False):
            mine = [place for place, bins in enumerate(bin_sets) if bins.layout.roles().ordered is ordered]
            if mine:
                placed = [(columns[place], starts[place]) for place in mine]
                sorts.append(_Sort.of(placed, np.array(mine), ordered=ordered, nothing=len(cells.groups)))
        return cls(cells, tuple(sorts))

    def sides(self, references: Rows, windows: Rows) -> list[Lined]:
        """From counts of shape (windows, bins), the references' of as many windows or of one; the rows of the sides
        are the columns of the first window, then those of the second."""
        before, now = (_with_nothing(self.cells.count(counts)) for counts in (references, windows))
        return [sort.lined(np.broadcast_to(before, now.shape), now) for sort in self.sorts]


@dataclass(frozen=True)
class _Column:
    """What a column's bins are to one who compares two sides; `cells` are its bins, or groups of them."""

    cells: list[list[int]]
    groups: Counts
    unseen: tuple[int, ...]
    rare: tuple[int, ...]
    once: int
    twice: int

    @classmethod
    def of(cls, bins: BinSet) -> Self:
        roles, groups = bins.layout.roles(), bins.parts()
        if roles.grouped:
            cells, numbers = groups, np.arange(len(groups) - 1)
        else:
            cells, numbers = [[place] for place in range(bins.size)], np.zeros(bins.size - 1, dtype=np.int64)
            for number, group in enumerate(groups[:-1]):
                numbers[group] = number
        return cls(cells, numbers, roles.unseen, roles.rare, roles.once, roles.twice)


@dataclass(frozen=True)
class _Sort:
    """`source` names the cell of each bin, of shape (columns, bins), the last one where there is none; `missing` that
    of the missing values."""

    ordered: bool
    columns: Places
    source: Places
    missing: Places
    groups: Counts
    unseen: Flags
    rare: Flags
    once: Counts
    twice: Counts

    @classmethod
    def of(cls, placed: Sequence[tuple[_Column, int]], columns: Places, *, ordered: bool, nothing: int) -> Self:
        shape = (len(placed), max(column.groups.size for column, _ in placed))
        source, groups = np.full(shape, nothing, dtype=np.intp), np.zeros(shape, dtype=np.int64)
        unseen, rare = (np.zeros(shape, dtype=np.bool_) for _ in range(2))
        for row, (column, start) in enumerate(placed):
            size = column.groups.size
            source[row, :size] = start + np.arange(size)
            groups[row, :size] = column.groups
            unseen[row, list(column.unseen)] = True
            rare[row, list(column.rare)] = True
        missing = np.array([start + column.groups.size for column, start in placed])
        once, twice = (np.array([getattr(column, name) for column, _ in placed]) for name in ("once", "twice"))
        return cls(ordered, columns, source, missing, groups, unseen, rare, once, twice)

    def lined(self, before: Rows, now: Rows) -> Lined:
        """From cells of shape (windows, cells). A bin that another reference than that of the bins does hold is none
        that it never held."""
        times, columns = len(now), len(self.columns)
        reference, window = (cells[:, self.source].reshape(times * columns, -1) for cells in (before, now))
        sides = Sides(
            ordered=self.ordered,
            reference=reference,
            window=window,
            groups=np.tile(self.groups, (times, 1)),
            unseen=np.tile(self.unseen, (times, 1)) & (reference == 0),
            rare=np.tile(self.rare, (times, 1)),
            missing=np.stack([cells[:, self.missing].ravel() for cells in (before, now)]),
            once=np.tile(self.once, times),
            twice=np.tile(self.twice, times),
        )
        return Lined(sides, np.tile(self.columns, times), np.repeat(np.arange(times), columns))


def _with_nothing(cells: Rows) -> Rows:
    """A cell more, which is empty."""
    return np.pad(cells, ((0, 0), (0, 1)))
