"""Counts of the coarse groups of bins in which drift is measured, of many columns at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.measures.measure import Counts, Places


@dataclass(frozen=True)
class Grouping:
    """The groups of columns whose bins lie end to end.

    Attributes:
        order: the bins, group by group.
        groups: where each group begins in `order`.
        columns: where each column begins among the groups.
    """

    order: Places
    groups: Places
    columns: Places

    @classmethod
    def of(cls, columns: Sequence[Sequence[Sequence[int]]]) -> Self:
        """From each column's groups, which name each of its bins once; no group is empty."""
        order: list[int] = []
        groups: list[int] = []
        starts: list[int] = []
        for column in columns:
            starts.append(len(groups))
            offset = len(order)
            for group in column:
                groups.append(len(order))
                order += [offset + place for place in group]
        return cls(*(np.asarray(places, dtype=np.intp) for places in (order, groups, starts)))

    def count(self, counts: Counts) -> Counts:
        """Of shape (..., groups) from (..., bins)."""
        if not self.order.size:
            return np.zeros((*counts.shape[:-1], 0), dtype=np.int64)
        return np.add.reduceat(counts if self.in_order else counts[..., self.order], self.groups, axis=-1)

    @cached_property
    def in_order(self) -> bool:
        """Whether groups are of bins that lie beside each other, as those of numbers do."""
        return bool((self.order == np.arange(self.order.size)).all())
