"""How many independent rows a window and the reference of its season are worth, in one direction.

A direction is a score of the bins: for location the normal scores, of a level whether it is that. The window's mean
score, less the reweighted reference's, varies by the weeks of both; so many independent rows of the same spread would
vary as much.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from watchkeeper.monitoring.drift.seasons.lasting import Centring, lasting
from watchkeeper.monitoring.drift.seasons.reweighting import Reweighting
from watchkeeper.monitoring.drift.seasons.strata import STRATA
from watchkeeper.monitoring.drift.seasons.weeks import Weeks
from watchkeeper.monitoring.drift.sides import Counts, Floats

FEWEST_FREEDOM = 3.0


@dataclass(frozen=True)
class Worth:
    """Independent rows, of the window and of the reweighted reference."""

    window: float
    reference: float

    @property
    def unsure(self) -> float:
        """What the variance of a difference is proportional to."""
        return (1 / self.window if self.window else np.inf) + (1 / self.reference if self.reference else np.inf)


@lru_cache(maxsize=8)
def _centring(weeks: int, rows: bytes) -> Centring:
    """Columns of which nothing is missing share one."""
    return Centring.of(np.frombuffer(rows, dtype=np.int64).reshape(weeks, STRATA))


@dataclass(frozen=True)
class Matched:
    """A window and the reference of its season.

    Attributes:
        reference: the cells of the reference.
        window: the cells of the window.
        reference_rows: the reference's rows that scores are of, of shape (cells,).
        window_rows: the same of the window.
        reweighting: how the one stands for the other.
        p_value: what has to be reached.
    """

    reference: Weeks
    window: Weeks
    reference_rows: Counts
    window_rows: Counts
    reweighting: Reweighting
    p_value: float

    @property
    def most(self) -> Worth:
        """As if rows were independent."""
        return Worth(float(self.reweighting.total), self.reweighting.worth)

    @property
    def by_day(self) -> Worth:
        """As if all rows of a day were alike: what is taken for granted of that which the reference hardly ever holds,
        in no season; so all its days count."""
        most = self.most
        return Worth(min(most.window, float(self.window.all_days)), min(most.reference, float(self.reference.all_days)))

    @cached_property
    def centring(self) -> Centring:
        rows = np.zeros((len(self.reference), STRATA), dtype=np.int64)
        rows[self.reference.week, self.reference.stratum] = self.reference_rows
        return _centring(len(self.reference), rows.tobytes())

    @cached_property
    def _reference_shares(self) -> Floats:
        """What a row of each of the reference's weeks is of the reweighted mean, of shape (weeks,)."""
        weighted = self.reweighting.weights[self.reference.stratum] * self.reference_rows
        rows = self.reference.by_week(self.reference_rows.astype(np.float64))
        return self.reference.by_week(weighted) / np.maximum(rows, 1) / max(self.reweighting.total, 1)

    @cached_property
    def _window_shares(self) -> Floats:
        """The deviation of each week's part of the window's mean, if rows were independent with a deviation of 1."""
        rows = self.window.by_week(self.window_rows.astype(np.float64))
        return np.sqrt(rows) / max(float(rows.sum()), 1.0)

    @property
    def known(self) -> bool:
        """Whether the reference has weeks enough of a season to tell how alike they are."""
        return self.centring.freedom >= FEWEST_FREEDOM

    @property
    def freedom(self) -> float:
        """Student's law takes the place of the normal one, since the variance is an estimate."""
        return max(self.centring.freedom, FEWEST_FREEDOM)

    @cached_property
    def unsure(self) -> float:
        """How many times the variance counts, where it is the normal law that is asked."""
        far = 1 - self.p_value / 2
        return float((stdtrit(self.freedom, far) / ndtri(far)) ** 2)

    def spreads(self, counts: Counts, scores: Floats) -> "Spreads":
        """From the reference's counts, of shape (cells, bins), and a score of each bin."""
        sums, squares = counts @ scores, counts @ scores**2
        by_stratum = self.reference.by_stratum(self.reference_rows)
        rows = np.maximum(by_stratum, 1)
        means = self.reference.by_stratum(sums) / rows
        within = np.maximum(self.reference.by_stratum(squares) / rows - means**2, 0.0)
        expected = self.reference.by_week(self.reference_rows * within[self.reference.stratum])
        apart = self.reference.by_week(sums - self.reference_rows * means[self.reference.stratum])
        found = lasting(apart, expected, self.centring)
        weighted = self.reweighting.weights * by_stratum / max(self.reweighting.total, 1)
        mean, inside = float(weighted @ means), float(weighted @ within)
        return Spreads(
            mean=mean,
            variance=inside + max(float(weighted @ means**2) - mean**2, 0.0),
            of_window=found.variance(self._window_shares * np.sqrt(inside)),
            of_reference=found.variance(self._reference_shares * np.sqrt(expected)),
        )

    def worth(self, of: "Spreads") -> Worth:
        """At most as if rows were independent."""
        found = [
            min(as_many, of.variance / (variance * self.unsure)) if variance > 0 else as_many
            for as_many, variance in (
                (self.most.window, of.of_window),
                (self.most.reference, of.of_reference),
            )
        ]
        return Worth(*found)

    def p_value_of(self, difference: float, variance: float) -> float:
        """Two-sided."""
        if variance <= 0:
            return 1.0
        return float(2 * stdtr(self.freedom, -abs(difference) / np.sqrt(variance)))


@dataclass(frozen=True)
class Spreads:
    """Of a score of the season's rows: the mean, and the variance of one row; and the variances of the means of the
    window and of the reweighted reference."""

    mean: float
    variance: float
    of_window: float
    of_reference: float
