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
SURE = 0.15
"""How far from it they are taken to lie, as a standard deviation."""
LONGEST = 0.9
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
        each = self.squares @ (_alike(USUAL, len(self.sizes)) * np.outer(self.sizes, self.sizes))
        spread = float((each * each.T).sum())
        return float(np.trace(each)) ** 2 / spread if spread > 0 else 0.0

    @cached_property
    def _forms(self) -> tuple[Floats, Floats]:
        """Of shape (grid, weeks, weeks): both matrices times what each of the grid's correlations makes of weeks."""
        alike = np.stack([_alike(correlation, len(self.sizes)) for correlation in GRID])
        return alike * self.squares, alike * self.neighbours

    def curves(self, deviations: Floats) -> tuple[Floats, Floats]:
        """What is left of squares and of neighbours' products, of shape (grid,), of weeks that have these deviations
        and are as alike as the grid has it."""
        left, beside = ((form @ deviations) @ deviations for form in self._forms)
        return left, beside


@dataclass(frozen=True)
class Lasting:
    """How scores vary from week to week: `effect` times what independent rows would, and with that correlation to the
    next week's, its square to the one after, and so on."""

    effect: float
    correlation: float

    def variance(self, deviations: Floats) -> float:
        """Of a sum over weeks whose parts would have these deviations if rows were independent; of shape (weeks,)."""
        return self.effect * float(deviations @ _alike(self.correlation, deviations.size) @ deviations)


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
    error = 1 / (freedom * slope**2)
    own = SURE**2 / (SURE**2 + error)
    return float(np.clip(usual + own * (estimate - usual), 0.0, LONGEST))


def _at(correlation: float, curve: Floats) -> float:
    return float(np.interp(correlation, GRID, curve))


def _alike(correlation: float, weeks: int) -> Floats:
    """Correlations of shape (weeks, weeks)."""
    places = np.arange(weeks)
    found: Floats = np.float64(correlation) ** np.abs(places[:, np.newaxis] - places)
    return found
