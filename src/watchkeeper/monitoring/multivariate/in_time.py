"""The area under the ROC curve of rows that follow each other in time, by what their season leads one to expect.

The place of a row's score among those of the reference's season is a number as any other, and the area is its mean over
the window. So it is judged as a mean is (`drift/seasons`): weeks of the reference, measured from the means of their
strata, tell how much a week differs from what its season leads one to expect, and how long that lasts. What the
reference never held does not vary in it at all; so the window's own days count too, as if each were alike by .4 with
the next.
"""

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.seasons.lasting import Centring, Lasting, lasting
from watchkeeper.monitoring.drift.seasons.strata import BLOCKS, STRATA
from watchkeeper.monitoring.drift.seasons.weeks import WEEK, Weeks
from watchkeeper.monitoring.drift.seasons.worth import FEWEST_FREEDOM, SURE_OF
from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats
from watchkeeper.monitoring.multivariate.errors import NothingToTell
from watchkeeper.monitoring.multivariate.ranks import Area

OF_A_DAY = 2 * BLOCKS
"""Strata but for the month: three hours, and days off or not."""
ALIKE = (1 + 0.4) / (1 - 0.4)
FEW_WEEKS = "the reference has too few weeks to tell how alike they are"


@dataclass(frozen=True)
class Dated:
    """Scores of rows, with the day and the stratum of the calendar of each; all of shape (rows,)."""

    scores: Floats
    days: Counts
    strata: Counts

    def of(self, rows: Flags) -> Self:
        return replace(self, scores=self.scores[rows], days=self.days[rows], strata=self.strata[rows])


def area_in_time(window: Dated, season: Dated, reference: Dated) -> Area:
    """That a row of the window scores higher than one of the season, whose rows count by the hours of the window's.

    Args:
        window: rows that the classifier has not learned from.
        season: such rows of the reference, of the same days of the year.
        reference: all rows of the reference that it has not learned from.

    Raises:
        NothingToTell: the reference has too few weeks.
    """
    hours = [side.strata % OF_A_DAY for side in (season, window)]
    held, wanted = (np.bincount(of, minlength=OF_A_DAY) for of in hours)
    window = window.of(held[hours[1]] > 0)
    weights = np.divide(wanted, held, out=np.zeros(OF_A_DAY), where=held > 0)[hours[0]]
    places = _Places.of(season.scores, weights)
    now, before = places.among(window.scores), places.among(season.scores)
    alike, freedom = _alike(places.among(reference.scores), reference)
    inside = _inside(before, weights, hours[0])
    crowding = max(_a_day(float(now.size), window.days) / _a_day(_worth(weights), season.days), 1.0)
    closer = replace(alike, effect=1 + (alike.effect - 1) * crowding)
    of_window = inside * closer.variance(_of_weeks(np.ones(now.size), window.days))
    of_season = inside * alike.variance(_of_weeks(weights, season.days))
    own, days = _of_days(now, window.days)
    # The other half's days are others, and the mean of both halves' deviations is as sure as all of them make it.
    of_window, sure = (own, 2.0 * (days - 1)) if own > of_window else (of_window, freedom)
    variance = of_window + of_season
    free = variance**2 / (of_window**2 / sure + of_season**2 / freedom) if variance > 0 else freedom
    least = 1 / (2 * min(now.size, before.size))
    deviation = max(math.sqrt(variance), least)
    return Area(float(now.mean()), deviation, deviation, free)


@dataclass(frozen=True)
class _Places:
    """`below` is the weight of the rows before each of `scores`, which rise, and last that of all."""

    scores: Floats
    below: Floats

    @classmethod
    def of(cls, scores: Floats, weights: Floats) -> Self:
        order = np.argsort(scores, kind="stable")
        return cls(scores[order], np.append(0.0, np.cumsum(weights[order])))

    def among(self, scores: Floats) -> Floats:
        """From 0 to 1; equal ones count half."""
        ends = [self.below[np.searchsorted(self.scores, scores, side=side)] for side in ("left", "right")]
        found: Floats = (ends[0] + ends[1]) / (2 * self.below[-1])
        return found


def _alike(places: Floats, of: Dated) -> tuple[Lasting, float]:
    """How much the weeks vary, and the degrees of freedom that are counted on."""
    weeks, cells = Weeks.of(of.days, of.strata)
    rows = np.bincount(cells, minlength=weeks.week.size)
    sums, squares = (np.bincount(cells, weights=each, minlength=rows.size) for each in (places, places**2))
    held = np.maximum(weeks.by_stratum(rows), 1)
    means = weeks.by_stratum(sums) / held
    within = np.maximum(weeks.by_stratum(squares) / held - means**2, 0.0)
    by_cell = np.zeros((len(weeks), STRATA), dtype=np.int64)
    by_cell[weeks.week, weeks.stratum] = rows
    centring = Centring.of(by_cell)
    freedom = centring.freedom * SURE_OF
    if freedom < FEWEST_FREEDOM:
        raise NothingToTell(FEW_WEEKS)
    apart = weeks.by_week(sums - rows * means[weeks.stratum])
    return lasting(apart, weeks.by_week(rows * within[weeks.stratum]), centring), freedom


def _inside(places: Floats, weights: Floats, strata: Counts) -> float:
    """The variance within the strata."""
    held = np.maximum(np.bincount(strata, weights=weights, minlength=OF_A_DAY), 1e-12)
    means = np.bincount(strata, weights=weights * places, minlength=OF_A_DAY) / held
    return float((weights * (places - means[strata]) ** 2).sum() / weights.sum())


def _of_weeks(weights: Floats, days: Counts) -> Floats:
    """The deviation that each week's part of a mean of independent rows has, of shape (weeks,)."""
    found: Floats = np.sqrt(np.bincount((days - days.min()) // WEEK, weights=weights**2)) / weights.sum()
    return found


def _of_days(places: Floats, days: Counts) -> tuple[float, int]:
    """The variance of the mean by how much days differ, and how many these are."""
    each, count = np.unique(days, return_inverse=True)[1], np.unique(days).size
    means = np.bincount(each, weights=places) / np.bincount(each)
    return float(means.var(ddof=1)) * ALIKE / count, count


def _a_day(rows: float, days: Counts) -> float:
    return rows / np.unique(days).size


def _worth(weights: Floats) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum())
