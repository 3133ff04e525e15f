"""How much the weeks of a reference differ though their season is the same, and how long that lasts.

A week's sum of scores, less what its strata lead one to expect, varies more than independent rows would: by the design
effect. What a window is held against are weeks too, of the same reference; so what lasts longer than a week makes both
differ more than the weeks among themselves do. How much more follows from how alike neighbouring weeks are.

Two things make the reference tell too little of it. The weeks are measured from the means of their own strata, which
take in part of what lasts: with one year, all that lasts for a month. What is then left is a known function of the true
covariance (`Centring`), so it is undone exactly, and needs no correction where there are several years. And one year of
weeks tells badly how alike neighbours are: with a standard error of .25. So the estimate is drawn towards what days
with an autocorrelation of .8 would give, .4 a week, the more the less it is worth (James and Stein's idea; Morris,
"Parametric empirical Bayes inference", Journal of the American Statistical Association 78, 1983).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.sides import Floats, Rows

USUAL = 0.4
"""How alike neighbouring weeks are taken to be."""
SURE = 0.2
"""How far from it they are taken to lie, as a standard deviation."""
LONGEST = 0.9
FARTHEST = 60
"""Weeks from which on they are not alike."""
GRID = np.linspace(-0.3, LONGEST, 13)


@dataclass(frozen=True)
class Centring:
    """What measuring weeks from the means of their own strata leaves of them.

    Attributes:
        squares: the sum of the squared sums of weeks is the trace of this times their covariance.
        neighbours: the same of the products of each week's with the next one's.
        sizes: the roots of the weeks' rows.
    """

    squares: Floats
    neighbours: Floats
    sizes: Floats

    @classmethod
    def of(cls, rows: Rows) -> Self:
        """From the rows of each week and stratum, of shape (weeks, strata)."""
        held = rows[:, rows.sum(axis=0) > 0].astype(np.float64)
        of_week = held.sum(axis=-1)
        parts = held / np.maximum(of_week, 1)[:, np.newaxis]
        left = np.eye(len(held)) - (held / held.sum(axis=0)) @ parts.T
        products = left.T[:, :-1] @ left[1:]
        return cls(left.T @ left, (products + products.T) / 2, np.sqrt(of_week))

    @cached_property
    def freedom(self) -> float:
        """Satterthwaite's degrees of freedom of the sum of squares, weeks being as alike as usual."""
        weeks = np.arange(len(self.sizes))
        alike = USUAL ** np.abs(weeks[:, np.newaxis] - weeks)
        each = self.squares @ (alike * np.outer(self.sizes, self.sizes))
        spread = float((each * each.T).sum())
        return float(np.trace(each)) ** 2 / spread if spread > 0 else 0.0

    @cached_property
    def _by_distance(self) -> tuple[Floats, Floats]:
        """Both matrices' entries by row and by how many weeks their column comes after it."""
        weeks = len(self.sizes)
        columns = np.arange(weeks)[:, np.newaxis] + np.arange(min(FARTHEST, weeks))
        inside, rows = columns < weeks, np.arange(weeks)[:, np.newaxis]
        within = np.minimum(columns, weeks - 1)
        squares, neighbours = (inside * matrix[rows, within] for matrix in (self.squares, self.neighbours))
        return squares, neighbours

    def curves(self, deviations: Floats) -> tuple[Floats, Floats]:
        """What is left of squares and of neighbours' products, of shape (grid,), of weeks that have these deviations
        and are as alike as the grid has it."""
        reach = self._by_distance[0].shape[-1]
        apart = np.lib.stride_tricks.sliding_window_view(np.pad(deviations, (0, reach - 1)), reach)
        alike = GRID[:, np.newaxis] ** np.arange(reach) * np.where(np.arange(reach) > 0, 2.0, 1.0)
        left, beside = (alike @ (deviations @ (entries * apart)) for entries in self._by_distance)
        return left, beside


@dataclass(frozen=True)
class Lasting:
    """How scores vary from week to week: `effect` times what independent rows would, and with that correlation to the
    next week's, its square to the one after, and so on."""

    effect: float
    correlation: float

    def variance(self, deviations: Floats) -> float:
        """Of a sum over weeks whose parts would have these deviations if rows were independent; of shape (weeks,)."""
        return self.effect * float(variances(deviations, np.array(self.correlation)))


def variances(deviations: Floats, correlations: Floats) -> Floats:
    """Of sums over weeks whose parts have these deviations, of shape (..., weeks), and are alike as given, (...)."""
    kept, products = np.zeros(deviations.shape[:-1]), np.zeros(deviations.shape[:-1])
    for week in range(deviations.shape[-1]):
        kept = deviations[..., week] + correlations * kept
        products += deviations[..., week] * kept
    found: Floats = 2 * products - (deviations**2).sum(axis=-1)
    return found


def lasting(sums: Floats, expected: Floats, centring: Centring) -> Lasting:
    """From the weeks' sums of scores less what their strata lead one to expect, and the variances that these would have
    if rows were independent; both of shape (weeks,)."""
    left, beside = centring.curves(np.sqrt(expected))
    squares, products = float((sums**2).sum()), float((sums[1:] * sums[:-1]).sum())
    of_independent = _at(0.0, left)
    if of_independent <= 1e-9 or squares <= 0:
        return Lasting(1.0, 0.0)
    # Independent rows do not last, and weeks that vary as such hardly can.
    beyond = min(max(squares / of_independent - 1, 0.0), 1.0)
    correlation = _drawn(products / squares, beside / left, usual=USUAL * beyond, freedom=centring.freedom)
    return Lasting(max(1.0, squares / _at(correlation, left)), correlation)


def _drawn(found: float, curve: Floats, *, usual: float, freedom: float) -> float:
    """The correlation at which the curve has what was found, drawn towards the usual one."""
    estimate = float(np.interp(found, curve, GRID))
    slope = _at(usual, np.gradient(curve, GRID))
    sure = SURE**2 * freedom * slope**2
    own = sure / (sure + 1)
    return float(np.clip(usual + own * (estimate - usual), 0.0, LONGEST))


def _at(correlation: float, curve: Floats) -> float:
    return float(np.interp(correlation, GRID, curve))
