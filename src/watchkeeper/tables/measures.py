"""What is told of a column of numbers: extremes, mean, deviation and a histogram, block by block."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
BINS = 20


@dataclass
class Measures:
    """Of the finite numbers given to `add`. Mean and squares are merged as Chan, Golub and LeVeque (1979) do, which
    loses no digits to a large mean."""

    count: int = 0
    low: float | int | None = None
    high: float | int | None = None
    _mean: float = 0.0
    _squares: float = 0.0

    def add(self, numbers: npt.NDArray[Any]) -> None:
        if not numbers.size:
            return
        low, high = numbers.min().item(), numbers.max().item()
        self.low = low if self.low is None else min(self.low, low)
        self.high = high if self.high is None else max(self.high, high)
        with np.errstate(over="ignore", invalid="ignore"):
            self._merge(numbers.astype(np.float64))

    def _merge(self, numbers: Numbers) -> None:
        total = self.count + numbers.size
        mean = float(numbers.mean())
        apart = np.float64(mean) - self._mean
        self._squares += float(np.square(numbers - mean).sum() + apart * apart * self.count * numbers.size / total)
        self._mean += float(apart * numbers.size / total)
        self.count = total

    @property
    def mean(self) -> float | None:
        return told(self._mean) if self.count else None

    @property
    def deviation(self) -> float | None:
        """The sample's standard deviation; None for fewer than two numbers."""
        return told(float(np.sqrt(self._squares / (self.count - 1)))) if self.count > 1 else None

    def edges(self, *, whole: bool) -> Numbers:
        """Of some twenty bins of one width, or of a bin for each whole number where they are few; none without a
        number."""
        if self.low is None or self.high is None:
            return np.empty(0)
        if self.low == self.high or (whole and self.high - self.low < BINS):
            return np.arange(int(self.high - self.low) + 2, dtype=np.float64) + (self.low - 0.5)
        shares = np.linspace(0, 1, BINS + 1)
        low, high = float(self.low), float(self.high)
        return np.maximum.accumulate(np.clip(low * (1 - shares) + high * shares, low, high))


def counted(numbers: npt.NDArray[Any], edges: Numbers) -> npt.NDArray[np.int64]:
    """How many lie in each bin, its lower edge included, in the last one both."""
    return np.histogram(numbers.astype(np.float64), edges)[0].astype(np.int64)


def told(number: float) -> float | None:
    """As JSON can say it."""
    return number if np.isfinite(number) else None
