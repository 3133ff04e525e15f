"""Rows that carry times in two halves with a gap between: what is learned from one is asked about the other."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.sides import Counts, Flags
from watchkeeper.monitoring.multivariate.errors import NothingToTell
from watchkeeper.monitoring.multivariate.in_time import OF_A_DAY

GAP = 3.0
"""Days from the middle that are of neither half: six between the last of one and the first of the other, after which of
days that last by .8 a quarter is left."""
BESIDE = 6
"""Days by which the reference's season goes beyond the window's."""
FEWEST_DAYS = 5
"""Of a half."""
YEAR = 365.25
COVERED = 0.9
FEW_DAYS = f"fewer than {FEWEST_DAYS} days have rows on either side of a gap of {2 * GAP:.0f}"
ANOTHER_SEASON = "the reference holds no rows of this season"


class Half(IntEnum):
    """`BETWEEN` is of neither; `ELSEWHERE` is what the reference holds of other seasons."""

    EARLIER = -1
    BETWEEN = 0
    LATER = 1
    ELSEWHERE = 2


@dataclass(frozen=True)
class Times:
    """Of rows of both sides, of shape (rows,): days since 1970, strata of the calendar, and the half of each."""

    days: Counts
    strata: Counts
    half: Counts

    @classmethod
    def of(cls, days: Counts, strata: Counts, window: Flags) -> Self:
        """By the middle of the window's days, and the same days of each year of the reference's.

        Raises:
            NothingToTell: too few days have rows, or the reference lacks the season of over a tenth of them.
        """
        there = np.unique(days[window])
        if not there.size:
            raise NothingToTell(FEW_DAYS)
        middle, reach = (there[0] + there[-1]) / 2, (there[-1] - there[0]) / 2
        apart = np.where(window, days - middle, (days - middle + YEAR / 2) % YEAR - YEAR / 2)
        half = np.where(np.abs(apart) < GAP, Half.BETWEEN, np.sign(apart).astype(np.int64))
        half[~window & (np.abs(apart) > reach + BESIDE)] = Half.ELSEWHERE
        found = cls(days, strata, half)
        for each in (Half.EARLIER, Half.LATER):
            found._covers(window, half == each)
        return found

    def _covers(self, window: Flags, half: Flags) -> None:
        hours, (now, before) = self.strata % OF_A_DAY, (half & window, half & ~window)
        if np.unique(self.days[now]).size < FEWEST_DAYS:
            raise NothingToTell(FEW_DAYS)
        held = np.bincount(hours[before], minlength=OF_A_DAY) > 0
        if np.unique(self.days[before]).size < FEWEST_DAYS or held[hours[now]].mean() < COVERED:
            raise NothingToTell(ANOTHER_SEASON)

    def taught(self, window: Flags, asked: Half, chance: np.random.Generator) -> Counts:
        """The places of the rows to learn from before a half is asked about: of both sides as many of each hour."""
        sides = [np.flatnonzero((self.half == -asked) & of) for of in (window, ~window)]
        hours = [self.strata[of] % OF_A_DAY for of in sides]
        most = np.min([np.bincount(of, minlength=OF_A_DAY) for of in hours], axis=0)
        drawn = [of[_first(each, most, chance)] for of, each in zip(sides, hours, strict=True)]
        return np.sort(np.concatenate(drawn))

    def rows(self, window: Flags) -> tuple[int, int]:
        """How many rows of reference and window are asked about."""
        asked = np.abs(self.half) == 1
        return int((asked & ~window).sum()), int((asked & window).sum())


def _first(strata: Counts, most: Counts, chance: np.random.Generator) -> Counts:
    """The places of so many rows of each stratum, drawn by chance."""
    order = chance.permutation(len(strata))
    ranked = order[np.argsort(strata[order], kind="stable")]
    of = strata[ranked]
    number = np.arange(len(of)) - np.searchsorted(of, of)
    return np.sort(ranked[number < most[of]])
