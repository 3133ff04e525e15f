"""Columns' counts as sides: those of numbers, and those of levels, each as one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.sides import Counts, Sides
from watchkeeper.tables.bins import BinSet


@dataclass(frozen=True)
class Lined:
    """`columns` says which of the columns each row of the sides is."""

    sides: Sides
    columns: tuple[int, ...]


def lined_up(bin_sets: Sequence[BinSet], references: Sequence[Counts], windows: Sequence[Counts]) -> list[Lined]:
    """From each column's counts in its own bins, the missing values last."""
    found = []
    for ordered in (True, False):
        columns = tuple(place for place, bins in enumerate(bin_sets) if bins.layout.roles().ordered is ordered)
        if columns:
            of = [_Column.of(bin_sets[place], references[place], windows[place]) for place in columns]
            found.append(Lined(_sides(of, ordered=ordered), columns))
    return found


@dataclass(frozen=True)
class _Column:
    """`once` and `twice` are how many levels the reference held so often."""

    counts: Counts
    groups: Counts
    unseen: tuple[int, ...]
    rare: tuple[int, ...]
    missing: Counts
    once: int
    twice: int

    @classmethod
    def of(cls, bins: BinSet, reference: Counts, window: Counts) -> Self:
        roles, both = bins.layout.roles(), np.stack([reference, window])
        groups = bins.groups()[:-1]
        if roles.grouped:
            counts = np.stack([both[:, group].sum(axis=-1) for group in groups], axis=-1)
            numbers = np.arange(len(groups))
        else:
            counts, numbers = both[:, :-1], np.zeros(bins.size - 1, dtype=np.int64)
            for number, group in enumerate(groups):
                numbers[group] = number
        return cls(counts, numbers, roles.unseen, roles.rare, both[:, -1], roles.once, roles.twice)


def _sides(columns: Sequence[_Column], *, ordered: bool) -> Sides:
    width = max(column.groups.size for column in columns)
    shape = (len(columns), width)
    reference, window, groups = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    unseen, rare = (np.zeros(shape, dtype=np.bool_) for _ in range(2))
    for row, column in enumerate(columns):
        size = column.groups.size
        reference[row, :size], window[row, :size] = column.counts
        groups[row, :size] = column.groups
        unseen[row, list(column.unseen)] = True
        rare[row, list(column.rare)] = True
    return Sides(
        ordered=ordered,
        reference=reference,
        window=window,
        groups=groups,
        unseen=unseen,
        rare=rare,
        missing=np.stack([column.missing for column in columns], axis=-1),
        once=np.array([column.once for column in columns], dtype=np.int64),
        twice=np.array([column.twice for column in columns], dtype=np.int64),
    )
