"""How many independent rows a window and the reference of its season are worth, in each direction.

The window's mean score, less the reweighted reference's, varies by the weeks of both; so many independent rows of the
same spread would vary as much.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from watchkeeper.monitoring.drift.seasons.almanac import ROUNDING, Almanac, by_week
from watchkeeper.monitoring.drift.seasons.directions import Kind
from watchkeeper.monitoring.drift.seasons.lasting import variances
from watchkeeper.monitoring.drift.seasons.reweighting import Reweighting, reweighted
from watchkeeper.monitoring.drift.seasons.strata import HOURS, MONTHS, STRATA
from watchkeeper.monitoring.drift.seasons.stretch import Stretch
from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats

FEWEST_FREEDOM = 3.0
UNEVEN = 0.25
"""The part of what a season moves within a month by which it may be off, since it does so unevenly."""
SURE_OF = 0.5
"""The part of the degrees of freedom that is counted on: how alike neighbours are is an estimate too, weeks of shares
are skewed, and families of columns ask far into the tails."""


@dataclass(frozen=True)
class Worth:
    """Independent rows, of the window and of the reweighted reference; of shape (columns,)."""

    window: Floats
    reference: Floats

    @property
    def unsure(self) -> Floats:
        """What the variance of a difference is proportional to."""
        with np.errstate(divide="ignore"):
            found: Floats = 1 / self.window + 1 / self.reference
        return found

    def take(self, places: Counts) -> Self:
        return type(self)(self.window[places], self.reference[places])


@dataclass(frozen=True)
class Weighting:
    """How the reference stands for a window: by all rows, and by those with a value of the columns that miss some.

    Attributes:
        of: the reweightings, of shape (1 + such columns, strata).
        places: of each column, the place of its own; 0 where none is missing.
        window: the rows of the window's weeks that each is of, of shape (1 + such columns, weeks).
        reference: what a row of each of the reference's weeks is of the reweighted mean, of the same shape.
        moving: by how many months the window lies off the middle of the month that each stratum is of, of shape
            (strata,).
        uneven: by how much it differs within days, as a standard deviation, of the same shape: a nightly batch is held
            against few hours of a week, which tell less than all of them.
        crowding: of the window's rows.
    """

    of: Reweighting
    places: Counts
    window: Floats
    reference: Floats
    uneven: Floats
    crowding: "Crowding"
    moving: Floats

    @classmethod
    def of_window(cls, almanac: Almanac, window: Stretch) -> Self:
        apart = np.flatnonzero(almanac.missing.any(axis=0) | window.missing.any(axis=0))
        places = np.zeros(len(almanac.bin_sets), dtype=np.int64)
        places[apart] = 1 + np.arange(apart.size)
        before, now = (side.by_stratum - _with_none(side.gaps[apart]) for side in (almanac, window))
        found = reweighted(before, now, days=almanac.weeks.days)
        cells = almanac.rows - _with_none(almanac.missing[:, apart].T)
        between, within = _mean_squares(almanac, found.weights[:, almanac.weeks.stratum], cells)
        whole = np.maximum(found.total, 1)[:, np.newaxis]
        return cls(
            found,
            places,
            by_week(window.weeks, window.rows - _with_none(window.missing[:, apart].T)),
            np.sqrt(between) / whole,
            np.sqrt(within) / whole,
            Crowding.of(almanac, window),
            np.repeat(window.weeks.offset, STRATA // MONTHS),
        )


def _mean_squares(almanac: Almanac, weights: Floats, cells: Counts) -> tuple[Floats, Floats]:
    """Of a week's weights: what is left of them once they are evened out within days off and others, and the rest."""
    rows, squares = (by_week(almanac.weeks, each) for each in (cells, weights**2 * cells))
    off, between = almanac.weeks.stratum % 2, np.zeros(rows.shape)
    for kind in range(2):
        mine = cells * (off == kind)
        between += by_week(almanac.weeks, weights * mine) ** 2 / np.maximum(by_week(almanac.weeks, mine), 1)
    rows = np.maximum(rows, 1)
    return between / rows, np.maximum(squares - between, 0.0) / rows


@dataclass(frozen=True)
class Crowding:
    """How much closer together the window's rows lie than the reference's: more rows of the same hours tell no more of
    what these have in common.

    Attributes:
        day: how many times as many rows a day there are, at least 1.
        hours: the same of the hours that it has, at least as much. Its strata are of three, and tell but how much the
            day's rows crowd in few of them; within one they are taken to crowd as much again.
        held: rows of the reference in three hours, beyond which their design effect cannot be.
    """

    day: float
    hours: float
    held: float

    @classmethod
    def of(cls, almanac: Almanac, window: Stretch) -> Self:
        usual, rows = _rows_of_hours(almanac.weeks.days, almanac.by_stratum), window.by_stratum
        now, whole = _rows_of_hours(window.weeks.days, rows), max(int(rows.sum()), 1)
        by_day = [side.rows.sum() / max(side.weeks.all_days, 1) for side in (almanac, window)]
        day = max(float(by_day[1] / max(by_day[0], 1e-12)), 1.0)
        block = max(float(rows @ (now / usual)) / whole, day)
        return cls(day, block * min(block / day, HOURS), max(float(rows @ usual) / whole, 1.0))

    def within_day(self, effects: Floats) -> Floats:
        return np.minimum(effects, self.held)

    def effects(self, of_weeks: Floats) -> Floats:
        """The window's, from those of the reference's weeks."""
        found: Floats = 1 + (of_weeks - 1) * self.day + (self.within_day(of_weeks) - 1) * (self.hours - self.day)
        return found


def _rows_of_hours(days: Counts, rows: Counts) -> Floats:
    """Of each stratum on a day that has any; the mean of all strata where none has."""
    mean = rows.sum() / max(int(days.sum()), 1)
    found: Floats = np.where(days > 0, rows / np.maximum(days, 1), max(mean, 1e-12))
    return found


def _with_none(rows: Counts) -> Counts:
    """Nothing is missing of all rows."""
    return np.vstack([np.zeros_like(rows[:1]) if len(rows) else np.zeros((1, rows.shape[-1]), np.int64), rows])


@dataclass(frozen=True)
class Spreads:
    """Of the scores of the season's rows, each of shape (directions,).

    Attributes:
        mean: of the reweighted reference's, moved as the season does within a month to where the window lies in it.
        variance: of one row.
        of_window: of the window's mean, and of how the season moves within a month.
        of_reference: of the reweighted reference's mean.
        most: what both sides would be worth if rows were independent.
        freedom: Student's law takes the place of the normal one, since the variances are estimates.
        unsure: how many times these count, where it is the normal law that is asked.
    """

    mean: Floats
    variance: Floats
    of_window: Floats
    of_reference: Floats
    most: Worth
    freedom: Floats
    unsure: Floats

    @classmethod
    def of(cls, almanac: Almanac, weighting: Weighting, p_values: Floats) -> Self:
        """`p_values` are what each column has to reach."""
        of, found = almanac.directions, weighting.of
        whole = of.kind == Kind.MISSING
        at = np.where(whole, 0, weighting.places[of.column])
        rows = np.maximum(found.total, 1)[at]
        part = found.weights[at] * almanac.of_directions / rows[:, np.newaxis]
        mean, inside = ((part * each).sum(axis=-1) for each in (almanac.means, almanac.within))
        between = np.maximum((part * almanac.means**2).sum(axis=-1) - mean**2, 0.0)
        moving = (part * weighting.moving * almanac.steps).sum(axis=-1)
        effects, correlations = almanac.lasting.T
        now = np.sqrt(weighting.window) / np.maximum(weighting.window.sum(axis=-1, keepdims=True), 1)
        before = weighting.reference[at] * np.sqrt(almanac.expected)
        uneven = (weighting.uneven[at] ** 2 * almanac.expected).sum(axis=-1)
        own = almanac.freedom[np.where(whole, 0, 1 + of.column)]
        freedom = np.maximum(own * SURE_OF, FEWEST_FREEDOM)
        far = 1 - p_values[of.column] / 2
        levels = ~np.isin(of.kind, (Kind.LOCATION, Kind.SPREAD))
        return cls(
            np.where(levels, np.clip(mean + moving, 0.0, 1.0), mean + moving),
            inside + between,
            weighting.crowding.effects(effects) * inside * variances(now[at], correlations) + (UNEVEN * moving) ** 2,
            effects * variances(before, correlations) + weighting.crowding.within_day(effects) * uneven,
            Worth(found.total[at].astype(np.float64), found.worth[at]),
            freedom,
            (stdtrit(freedom, far) / ndtri(far)) ** 2,
        )

    @cached_property
    def worth(self) -> Worth:
        """At most as if rows were independent."""
        found = [
            np.minimum(
                most,
                np.divide(self.variance, of * self.unsure, out=np.full(of.shape, np.inf), where=of > 0),
            )
            for most, of in ((self.most.window, self.of_window), (self.most.reference, self.of_reference))
        ]
        return Worth(*found)

    def p_values(self, differences: Floats, variances: Floats) -> Floats:
        """Two-sided. What the season settles, as a column of months, varies by no more than rounding does."""
        known = (variances > 0) & (np.abs(differences) > ROUNDING)
        far = np.abs(differences) / np.sqrt(np.where(known, variances, 1.0))
        return np.where(known, 2 * stdtr(self.freedom, -far), 1.0)


def by_day(almanac: Almanac, weighting: Weighting, window: Stretch, *, whole: bool) -> Worth:
    """As if all rows of a day were alike: what is taken for granted of that which the reference hardly ever holds, in
    no season; so all its days count."""
    at = np.zeros_like(weighting.places) if whole else weighting.places
    return Worth(
        np.minimum(weighting.of.total[at], float(window.weeks.all_days)),
        np.minimum(weighting.of.worth[at], float(almanac.weeks.all_days)),
    )


def least(default: Worth, worth: Sequence[tuple[Counts, Worth]]) -> Worth:
    """That which leaves most unsure of each column: of the directions, given with their columns; else the default."""
    window, reference = default.window.copy(), default.reference.copy()
    for columns, of in worth:
        order = np.lexsort((of.unsure, columns))
        last = order[np.flatnonzero(np.diff(columns[order], append=-1))]
        window[columns[last]], reference[columns[last]] = of.window[last], of.reference[last]
    return Worth(window, reference)


def known(almanac: Almanac) -> Flags:
    """Whether the reference has weeks enough of a season to tell how alike they are, of each column."""
    whole, present = almanac.freedom[0], almanac.freedom[1:]
    nothing = almanac.gaps.sum(axis=-1) == almanac.rows.sum()
    found: Flags = (whole >= FEWEST_FREEDOM) & ((present >= FEWEST_FREEDOM) | nothing)
    return found
