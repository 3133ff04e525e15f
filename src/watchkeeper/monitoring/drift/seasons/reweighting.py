"""The reference's rows reweighted, so that they cover the strata of the calendar as the window's rows do.

Each stratum of the window is held against the same of the reference; where the reference has it on fewer than three
days, against one that is coarser. So the weighted rows of the reference are what the window would hold without drift,
and sum to it. Direct standardisation, as of death rates by age; Kish, "Survey Sampling" (1965), section 11.7, for what
unequal weights cost.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from watchkeeper.monitoring.drift.seasons.strata import BLOCKS, COARSENESSES, MONTHS
from watchkeeper.monitoring.drift.sides import Counts, Floats

FEWEST_DAYS = 3
COVERED = 0.9
"""The share of a window's rows whose season the reference has to hold."""


@dataclass(frozen=True)
class Reweighting:
    """All of shape (strata,).

    Attributes:
        weights: of a row of the reference, by its stratum.
        rows: the reference's.
        matched: the window's rows that the weighted ones stand for.
        left: the window's rows of which the reference does not hold the season.
    """

    weights: Floats
    rows: Counts
    matched: Counts
    left: Counts

    @cached_property
    def total(self) -> int:
        """Of the window's rows, those that are matched."""
        return int(self.matched.sum())

    @property
    def covered(self) -> bool:
        return self.total >= COVERED * (self.total + int(self.left.sum()))

    @cached_property
    def worth(self) -> float:
        """As many rows of equal weight would tell as much as these: Kish's effective size."""
        squares = float((self.weights**2 * self.rows).sum())
        return self.total**2 / squares if squares else 0.0


def reweighted(reference: Counts, window: Counts, *, days: Counts) -> Reweighting:
    """From both sides' rows by stratum, and on how many days the reference has each; all of shape (strata,)."""
    left, weights = window.copy(), np.zeros(window.size)
    for groups, held in zip(COARSENESSES, _days_of_groups(days), strict=True):
        size = int(groups.max()) + 1
        there = np.bincount(groups, weights=reference, minlength=size)
        covered = (held >= FEWEST_DAYS) & (there > 0)
        taken = np.where(covered[groups], left, 0)
        wanted = np.bincount(groups, weights=taken, minlength=size)
        weights += np.divide(wanted, there, out=np.zeros(size), where=covered)[groups]
        left -= taken
    return Reweighting(weights, reference, window - left, left)


def _days_of_groups(days: Counts) -> tuple[Counts, ...]:
    """A day lies in one month and is off or not, but has rows in several of its hours."""
    apart = days.reshape(MONTHS, BLOCKS, 2)
    by_hour: Counts = apart.sum(axis=-1)
    return days, by_hour.ravel(), by_hour.max(axis=-1)
