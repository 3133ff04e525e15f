"""How well a step, a ramp, or a step there and back explains a series whose neighbours are alike.

The noise is an autoregression of order 1; seen through it, all shapes are sums of steps, so that each fit follows from
the products of the steps with each other and with the series. The mean is fitted with every shape.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.sides import Counts, Floats

ROUNDS = 3
MOST_LASTING = 0.95
NOTHING = 1e-12


@dataclass(frozen=True)
class Fits:
    """Shapes that begin on day `start`; `end` is the first day after a stretch, or that of a ramp's full height.
    `gains` is by how much each makes the sum of squares smaller."""

    start: Counts
    end: Counts
    gains: Floats
    rising: bool = False

    @property
    def best(self) -> int:
        return int(self.gains.argmax())

    @property
    def most(self) -> float:
        return float(self.gains.max())

    def shape(self, days: int) -> Floats:
        """The best one, from 0 to 1, of shape (days,)."""
        start, end = int(self.start[self.best]), int(self.end[self.best])
        place = np.arange(days)
        if self.rising:
            return np.clip((place - start + 1) / (end - start + 1), 0.0, 1.0)
        return ((place >= start) & (place < end)).astype(np.float64)

    def by_start(self, days: int) -> Floats:
        """The most that any shape gains that begins on a day, of shape (days,)."""
        found = np.full(days, -np.inf)
        np.maximum.at(found, self.start, self.gains)
        return found


@dataclass(frozen=True)
class Steps:
    """`products` of the steps with the series, of shape (days + 1,), and `between` them, of shape (days + 1, days + 1);
    `left` is the sum of squares around the mean. The last step is none."""

    products: Floats
    between: Floats
    left: float

    @classmethod
    def of(cls, values: Floats, lasting: float) -> Self:
        """`lasting` is the correlation of a day's noise with the next one's."""
        series = _whitened(values, lasting)
        products, between = _unsettled(series, lasting)
        level = between[0] / np.sqrt(between[0, 0])
        height = products[0] / np.sqrt(between[0, 0])
        return cls(
            products - height * level, between - np.outer(level, level), float(series @ series) - float(height**2)
        )

    def stretches(self) -> Fits:
        """From each day to each later one, or for good."""
        start, end = self._pairs()
        product = self.products[start] - self.products[end]
        square = self.between[start, start] - 2 * self.between[start, end] + self.between[end, end]
        return Fits(start, end, _gains(product, square))

    def for_good(self) -> Fits:
        start = np.arange(1, self.products.size - 1)
        return Fits(
            start, np.full(start.size, start.size + 1), _gains(self.products[start], self.between[start, start])
        )

    def ramps(self) -> Fits:
        """A ramp is the mean of the steps from its first day to that of its full height."""
        start, end = self._pairs()
        sums = np.concatenate([[0.0], np.cumsum(self.products)])
        blocks = np.zeros((sums.size, sums.size))
        blocks[1:, 1:] = self.between.cumsum(axis=0).cumsum(axis=1)
        length = end - start
        product = (sums[end] - sums[start]) / length
        square = blocks[end, end] - blocks[start, end] - blocks[end, start] + blocks[start, start]
        return Fits(start, end - 1, _gains(product, square / length**2), rising=True)

    def _pairs(self) -> tuple[Counts, Counts]:
        start, end = np.triu_indices(self.products.size, 1)
        inside = start > 0
        return start[inside], end[inside]


def lasting(values: Floats) -> float:
    """How much of a day's noise is left on the next one, around the shape that fits best; 0 at least. What few days
    make it too small by is added (Kendall, Biometrika 41, 1954)."""
    found, days = 0.0, values.size
    for _ in range(ROUNDS):
        steps = Steps.of(values, found)
        rest = _without(values, max(steps.stretches(), steps.ramps(), key=lambda fits: fits.most).shape(days))
        size = float(rest @ rest)
        alike = float(rest[1:] @ rest[:-1]) / size if size > NOTHING else 0.0
        found = min(max(alike + (1 + 3 * alike) / days, 0.0), MOST_LASTING)
    return found


def _without(values: Floats, shape: Floats) -> Floats:
    """What is left of the values around their mean and the shape."""
    centred, rest = shape - shape.mean(), values - values.mean()
    found: Floats = rest - centred * (centred @ rest) / max(float(centred @ centred), NOTHING)
    return found


def _whitened(values: Floats, lasting: float) -> Floats:
    found = values.copy()
    found[1:] = (values[1:] - lasting * values[:-1]) / np.sqrt(1 - lasting**2)
    return found


def _unsettled(series: Floats, lasting: float) -> tuple[Floats, Floats]:
    """The products of the steps with the whitened series and with each other, of which the first is the level: a step
    that begins on a day is `jump` there, and `stay` on all days after it."""
    jump, days = 1 / np.sqrt(1 - lasting**2), series.size
    stay = jump * (1 - lasting)
    after = days - 1 - np.arange(days)
    jumps = np.concatenate([[1.0], np.full(days - 1, jump)])
    products, between = np.zeros(days + 1), np.zeros((days + 1, days + 1))
    products[:-1] = jumps * series + stay * (series[::-1].cumsum()[::-1] - series)
    later = np.maximum(*np.indices((days, days)))
    between[:-1, :-1] = stay * jumps[later] + stay**2 * after[later]
    between[np.diag_indices(days)] = jumps**2 + stay**2 * after
    return products, between


def _gains(products: Floats, squares: Floats) -> Floats:
    found: Floats = np.divide(products**2, squares, out=np.zeros(products.shape), where=squares > NOTHING)
    return found
