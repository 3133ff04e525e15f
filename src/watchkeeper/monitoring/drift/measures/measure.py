"""What a measure of drift is, and how it is taken of one column or of many at once."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.integer[Any] | np.floating[Any]]
"""Whole numbers, or fractions of them where a side is weighted."""
Shares = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Measure(ABC):
    """How far current counts lie from the reference's: 0 for equal shares, and up to `highest` (None: without bound).

    Attributes:
        ordered: it takes the groups as lying in order, so it says nothing of levels.
        symmetric: it does not care which side is the reference.
    """

    name: str
    title: str
    highest: float | None
    ordered: bool = False
    symmetric: bool = True

    def function(self, reference: Counts, current: Counts, values: Shares | None = None) -> float:
        """Of one column; `values` are the places of its groups on their scale, one apart unless they are given.

        0 where either side has no rows: who asks says that nothing is known.
        """
        found = float(self.of_column(reference, current, values))
        return 0.0 if np.isnan(found) else found

    @abstractmethod
    def of_column(self, reference: Counts, current: Counts, values: Shares | None = None) -> Shares:
        """Of shape (...) from a reference of shape (groups,) and current counts of shape (..., groups); NaN where
        either side has no rows."""

    def of_columns(self, reference: Counts, current: Counts, starts: Places) -> Shares:
        """Of many columns, whose groups lie end to end; each column's begin at `starts`.

        Args:
            reference: of shape (groups,), or one for each of the current ones.
            current: of shape (..., groups).
            starts: of shape (columns,), rising from 0.

        Returns:
            Of shape (..., columns); NaN where either side has no rows.
        """
        before, now = (np.split(counts, starts[1:], axis=-1) for counts in (reference, current))
        return np.stack([self.of_column(*sides) for sides in zip(before, now, strict=True)], axis=-1)


@dataclass(frozen=True)
class Sum(Measure):
    """A sum of terms, one a group, of the reference's and the current shares, and what is made of the sum."""

    terms: Callable[[Shares, Shares], Shares] = np.subtract
    finish: Callable[[Shares], Shares] = np.positive

    def of_column(self, reference: Counts, current: Counts, values: Shares | None = None) -> Shares:
        del values
        return self.of_columns(reference, current, np.zeros(1, dtype=np.intp))[..., 0]

    def of_columns(self, reference: Counts, current: Counts, starts: Places) -> Shares:
        sizes = np.diff(starts, append=reference.shape[-1])
        before, now = _shares(reference, starts, sizes), _shares(current, starts, sizes)
        return self.finish(np.add.reduceat(self.terms(before, now), starts, axis=-1))


def shares(counts: Counts) -> Shares:
    """Of the last axis; NaN where there are no rows."""
    totals = counts.sum(axis=-1, keepdims=True).astype(np.float64)
    found: Shares = counts / np.where(totals > 0, totals, np.nan)
    return found


def _shares(counts: Counts, starts: Places, sizes: Places) -> Shares:
    totals = np.add.reduceat(counts, starts, axis=-1).astype(np.float64)
    totals[totals == 0] = np.nan
    found: Shares = counts / np.repeat(totals, sizes, axis=-1)
    return found
