"""What chance alone makes of a size, where rows depend on each other in one direction more than in the next.

Without drift a size is a sum of squares, one a direction in which shares may differ, each of mean s = 1/m + 1/n of the
independent rows that both sides are worth there. Days that are alike move together, which is one direction; how their
spread goes along is another, less so, and further ones hardly at all. Were all taken to be worth as little as the
first, more would be taken off than is there, and a column that has moved by a whole deviation would have no size.
Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics Bulletin 2 (1946), for sums
of squares that differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.sides import Counts, Floats

FALLING = 0.5
"""By how much less further directions depend, where that is not known."""


@dataclass(frozen=True)
class Noise:
    """All as many times those of the rows that the sides are taken to be worth; of shape (columns,).

    Attributes:
        least: s of rows that are independent.
        first: s in the direction where rows are most alike.
        second: the same in the next one.
        falling: what is left beyond the least, from each further direction to the next.
        reference: the variance of the reference's shares in the first direction.
        window: the same of the window's.
        wide: the interval's width, since variances are estimates.
    """

    least: Floats
    first: Floats
    second: Floats
    falling: Floats
    reference: Floats
    window: Floats
    wide: Floats

    @classmethod
    def none(cls, columns: int) -> Self:
        """Of independent rows, or where all directions are alike."""
        return cls(*(np.ones(columns) for _ in fields(cls)))

    @classmethod
    def thinned(cls, raw: Floats, worth: Floats, *, ordered: bool) -> Self:
        """Of rows whose design effect is known in the direction where it is largest: `raw` is s as if they were
        independent, `worth` as they are worth."""
        one = np.ones(len(raw))
        known = np.isfinite(raw) & np.isfinite(worth) & (worth > 0)
        least = np.minimum(np.divide(raw, worth, out=one.copy(), where=known), 1.0)
        falling = FALLING * one if ordered else one
        return cls(least, one, least + (1 - least) * falling, falling, one, one, one)

    @classmethod
    def joined(cls, parts: "Sequence[Noise]") -> Self:
        return cls(*(np.concatenate([getattr(each, of.name) for each in parts]) for of in fields(cls)))

    def take(self, columns: Counts) -> Self:
        return type(self)(*(getattr(self, of.name)[columns] for of in fields(self)))

    def sum(self, free: Counts) -> Floats:
        """Of all directions, of which there are so many."""
        further = np.maximum(free - 1, 0)
        found: Floats = np.where(free > 0, self.first, 0.0) + further * self.least
        return found + (self.second - self.least) * _geometric(self.falling, further)

    def squares(self, free: Counts) -> Floats:
        """The same of their squares."""
        further, more = np.maximum(free - 1, 0), self.second - self.least
        found: Floats = np.where(free > 0, self.first**2, 0.0) + further * self.least**2
        found = found + 2 * self.least * more * _geometric(self.falling, further)
        return found + more**2 * _geometric(self.falling**2, further)


def _geometric(ratio: Floats, terms: Counts) -> Floats:
    """1 + ratio + ratio^2 and so on."""
    even = ratio >= 1
    base = np.where(even, 0.0, ratio)
    found: Floats = np.where(even, terms, (1 - base**terms) / (1 - base))
    return found
