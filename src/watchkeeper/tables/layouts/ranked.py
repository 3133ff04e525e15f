"""Which of some numbers stands at a rank, and how many are at most so much, with as little sorting as that takes.

Sorting is most of what it costs to lay out a column. Where many numbers hardly repeat they are counted in narrow ranges
of equal width instead, and only the ranges in which a rank or a bound lies are sorted, some fifty of thousands.
"""

from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

MANY = 1 << 16
"""Fewer are as soon sorted."""
SAMPLED = 1 << 10
REPEATED = SAMPLED // 2
"""Numbers of which a sample holds no more than so many different ones are sorted: a range would hold too many."""
RANGES = 1 << 14
TAIL = SAMPLED // 100
"""What lies beyond so many of the sample, at either end, is of the first and the last range."""
Numbers = npt.NDArray[np.float64]
Sorted = npt.NDArray[Any]
"""Floats, or whole numbers of 64 bits, in order."""
Places = npt.NDArray[np.intp]


class Ranked(Protocol):
    @property
    def size(self) -> int: ...

    def at(self, ranks: Places) -> Sorted:
        """The numbers that stand there, the lowest at 0."""
        ...

    def up_to(self, bounds: Sorted) -> Places:
        """How many are at most so much, for each bound."""
        ...

    def few(self, most: int) -> list[Any] | None:
        """The different ones in order, or None where there are more of them."""
        ...


def ranked(numbers: Numbers) -> Ranked:
    """For finite numbers in any order."""
    if numbers.size >= MANY:
        sample = np.sort(numbers[:: numbers.size // SAMPLED])
        low, high = sample[TAIL], sample[-TAIL - 1]
        with np.errstate(over="ignore", divide="ignore"):
            a_unit = (RANGES - 1) / (high - low)
        if np.count_nonzero(sample[1:] != sample[:-1]) > REPEATED and 0 < a_unit < np.inf:
            return _Ranges(numbers, low, a_unit)
    return InOrder.of(numbers)


class InOrder:
    def __init__(self, numbers: Sorted) -> None:
        self.numbers = numbers

    @classmethod
    def of(cls, numbers: npt.NDArray[Any]) -> Self:
        return cls(np.sort(numbers))

    @property
    def size(self) -> int:
        return self.numbers.size

    @property
    def held(self) -> "np.dtype[Any]":
        return self.numbers.dtype

    def at(self, ranks: Places) -> Sorted:
        return self.numbers[ranks]

    def up_to(self, bounds: Sorted) -> Places:
        return np.searchsorted(self.numbers, bounds, side="right")

    def few(self, most: int) -> list[Any] | None:
        changes = self.numbers[1:] != self.numbers[:-1]
        if np.count_nonzero(changes) >= most:
            return None
        return [*self.numbers[:1].tolist(), *self.numbers[1:][changes].tolist()]


class _Ranges:
    """More than `REPEATED` different ones. What has been sorted for one question is kept for the next, which is mostly
    of the same ranges."""

    def __init__(self, numbers: Numbers, low: float, a_unit: float) -> None:
        self._numbers, self._low, self._a_unit = numbers, low, a_unit
        self._ranges = self._range_of(numbers)
        self._rows = np.bincount(self._ranges, minlength=RANGES)
        self._up_to = np.cumsum(self._rows)
        self._is_sorted = np.zeros(RANGES, np.bool_)
        self._sorted, self._left_out = numbers[:0], self._up_to

    @property
    def size(self) -> int:
        return self._numbers.size

    def at(self, ranks: Places) -> Sorted:
        ranges = np.searchsorted(self._up_to, ranks, side="right")
        self._sort(ranges)
        found: Sorted = self._sorted[ranks - self._left_out[ranges]]
        return found

    def up_to(self, bounds: Sorted) -> Places:
        ranges = self._range_of(bounds)
        self._sort(ranges)
        return np.searchsorted(self._sorted, bounds, side="right") + self._left_out[ranges]

    def few(self, most: int) -> list[Any] | None:  # noqa: ARG002
        return None

    def _range_of(self, numbers: Numbers) -> npt.NDArray[np.int16]:
        """Never falls from a number to a larger one, however it rounds."""
        with np.errstate(over="ignore"):
            scaled = numbers - self._low
            scaled *= self._a_unit
        return np.clip(scaled, 0, RANGES - 1, out=scaled).astype(np.int16)

    def _sort(self, ranges: npt.NDArray[np.integer[Any]]) -> None:
        if not self._is_sorted[ranges].all():
            self._is_sorted[ranges] = True
            held = self._is_sorted.take(self._ranges)
            self._sorted = np.sort(np.compress(held, self._numbers))
            self._left_out = np.cumsum(np.where(self._is_sorted, 0, self._rows))
