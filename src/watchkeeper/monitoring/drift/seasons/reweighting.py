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
from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats

FEWEST_DAYS = 3
COVERED = 0.9
"""The share of a window's rows whose season the reference has to hold."""


@dataclass(frozen=True)
class Reweighting:
    """All of shape (..., strata), for one window or several.

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
    def total(self) -> Counts:
        """Of the window's rows, those that are matched; of shape (...)."""
        found: Counts = self.matched.sum(axis=-1)
        return found

    @cached_property
    def left_out(self) -> Counts:
        found: Counts = self.left.sum(axis=-1)
        return found

    @property
    def covered(self) -> Flags:
        found: Flags = self.total >= COVERED * (self.total + self.left_out)
        return found

    @cached_property
    def worth(self) -> Floats:
        """As many rows of equal weight would tell as much as these: Kish's effective size."""
        squares = (self.weights**2 * self.rows).sum(axis=-1)
        found: Floats = np.divide(self.total**2, squares, out=np.zeros(np.shape(squares)), where=squares > 0)
        return found


def reweighted(reference: Counts, window: Counts, *, days: Counts) -> Reweighting:
    """From both sides' rows by stratum, of shape (..., strata), and on how many days the reference has each."""
    left, weights = window, np.zeros(window.shape)
    for size, held in zip(COARSENESSES, _days_of_groups(days), strict=True):
        there, wanted = (_grouped(rows, size).sum(axis=-1) for rows in (reference, left))
        covered = (held >= FEWEST_DAYS) & (there > 0)
        each = np.divide(wanted, there, out=np.zeros(there.shape), where=covered)
        weights = weights + np.repeat(each, size, axis=-1)
        left = np.where(np.repeat(covered, size, axis=-1), 0, left)
    return Reweighting(weights, reference, window - left, left)


def _grouped(rows: Counts, size: int) -> Counts:
    return rows.reshape(*rows.shape[:-1], -1, size)


def _days_of_groups(days: Counts) -> tuple[Counts, ...]:
    """A day lies in one month and is off or not, but has rows in several of its hours."""
    apart = days.reshape(MONTHS, BLOCKS, 2)
    by_hour: Counts = apart.sum(axis=-1)
    return days, by_hour.ravel(), by_hour.max(axis=-1)
