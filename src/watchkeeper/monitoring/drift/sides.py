"""Counts of some columns on both sides, which is all that a verdict is made of."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Rows = npt.NDArray[np.integer[Any] | np.floating[Any]]
"""Counts, or fractions of them where rows depend on each other."""
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sides:
    """Columns of one sort: of numbers, whose bins lie in order, or of levels. Empty bins fill up the shorter ones.

    Attributes:
        ordered: the bins lie in order.
        reference: the present values of the reference, of shape (columns, bins).
        window: the same of the window.
        groups: the fixed coarse group of each bin, in which effects are measured; of the same shape.
        unseen: the bins that the reference left empty by construction: below, above, new; of the same shape.
        rare: the bins that are never judged alone: other and new; of the same shape.
        missing: missing values of reference and window, of shape (2, columns).
        once: how many levels the reference held once, of shape (columns,).
        twice: how many it held twice.
    """

    ordered: bool
    reference: Rows
    window: Rows
    groups: Counts
    unseen: Flags
    rare: Flags
    missing: Rows
    once: Rows
    twice: Rows

    def take(self, rows: Counts) -> Self:
        """Only these columns."""
        return replace(
            self,
            missing=self.missing[:, rows],
            **{
                name: getattr(self, name)[rows]
                for name in ("reference", "window", "groups", "unseen", "rare", "once", "twice")
            },
        )

    @cached_property
    def m(self) -> Rows:
        """Present values of the reference, of shape (columns,)."""
        found: Rows = self.reference.sum(axis=-1)
        return found

    @cached_property
    def n(self) -> Rows:
        found: Rows = self.window.sum(axis=-1)
        return found

    @cached_property
    def pooled(self) -> Rows:
        """Of both sides together, of shape (columns, bins)."""
        found: Rows = self.reference + self.window
        return found

    @cached_property
    def both(self) -> Flags:
        """Which columns have values on both sides."""
        found: Flags = (self.m > 0) & (self.n > 0)
        return found

    @cached_property
    def constant(self) -> Flags:
        """Which columns hold but one value in the reference."""
        found: Flags = (self.reference > 0).sum(axis=-1) <= 1
        return found & ~(self.rare & (self.reference > 0)).any(axis=-1)

    @cached_property
    def varies(self) -> Flags:
        """Which columns hold more than one value on both sides together."""
        occupied = self.pooled > 0
        found: Flags = (occupied.sum(axis=-1) > 1) | (occupied & self.rare).any(axis=-1)
        return found
