"""Both tables on the calendar, so that the current one is held against the reference of the same season."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.dependence import FEWEST_BLOCKS
from watchkeeper.monitoring.drift.facets import OF_LEVELS, OF_NUMBERS
from watchkeeper.monitoring.drift.family import first_threshold
from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.seasons.matching import Season, matched
from watchkeeper.monitoring.drift.seasons.strata import Days, days_of, strata_of
from watchkeeper.monitoring.drift.seasons.weeks import WEEK, YEAR, Weekly, Weeks
from watchkeeper.monitoring.drift.sides import Counts, Flags
from watchkeeper.monitoring.two_tables.counting import Counted
from watchkeeper.monitoring.two_tables.errors import BaselineRefused
from watchkeeper.monitoring.two_tables.kinds import as_kept
from watchkeeper.monitoring.two_tables.moments import Moments, local, times, too_short, zone_of
from watchkeeper.monitoring.two_tables.source import Source, Values
from watchkeeper.tables.bins import BinSet


@dataclass(frozen=True)
class Dated:
    """The rows of a table on the calendar: `known` are those that have a time, `cells` the cell of each of these."""

    weeks: Weeks
    cells: Counts
    known: Flags

    @classmethod
    def of(cls, moments: Moments, holidays: Days) -> Self:
        known = ~np.isnat(moments)
        weeks, cells = Weeks.of(days_of(moments[known]), strata_of(moments[known], holidays))
        return cls(weeks, cells, known)

    @property
    def undated(self) -> int:
        return int(self.known.size - self.cells.size)

    def count(self, bins: BinSet, values: Values) -> Weekly:
        cells = self.weeks.week.size
        keys = self.cells * bins.size + bins.places(values)[self.known]
        counts = np.bincount(keys, minlength=cells * bins.size).reshape(cells, bins.size)
        return Weekly(self.weeks, counts.astype(np.int64))

    @property
    def span(self) -> int:
        """Days that it covers."""
        return self.weeks.covered * WEEK


@dataclass(frozen=True)
class Seasons:
    reference: Dated
    window: Dated

    @property
    def years(self) -> float:
        """That the reference covers."""
        return self.reference.span / YEAR

    def match(self, counted: Sequence[Counted], before: Source, now: Source, *, alpha: float) -> Season:
        """The columns of the current table beside the reference of its season."""
        first, bin_sets = first_threshold(len(counted), alpha), [of.bins for of in counted]
        weights = [(OF_NUMBERS if bins.layout.roles().ordered else OF_LEVELS)[0].weight for bins in bin_sets]
        was = (self.reference.count(bins, _values(before, bins)).counts for bins in bin_sets)
        return matched(
            Almanac.of(bin_sets, self.reference.weeks, was),
            [self.window.count(bins, _values(now, bins)) for bins in bin_sets],
            p_values=first * np.array(weights),
            undated=self.window.undated,
        )


def _values(of: Source, bins: BinSet) -> Values:
    return as_kept(of.column(bins.column.name), bins.column.kind)


def seasons(before: Source, now: Source, at: str, holidays: Iterable[date]) -> Seasons:
    """On the clock of the reference's time zone, or of the current table's, where they have one.

    Raises NoTimes where `at` does not tell when the rows of both happened, or the reference is too short.
    """
    was, is_ = times(before, at, called="reference"), times(now, at, called="current table")
    zone = zone_of(was) or zone_of(is_)
    found = Seasons(*(Dated.of(local(each, zone), _days(holidays)) for each in (was, is_)))
    if found.reference.span < FEWEST_BLOCKS * WEEK:
        raise too_short(found.reference.span, at)
    return found


def _days(holidays: Iterable[date]) -> Days:
    """Raise BaselineRefused."""
    days = [*holidays]
    try:
        found = np.array(days, dtype="datetime64[D]")
    except (TypeError, ValueError):
        found = np.array(["NaT"], dtype="datetime64[D]")
    if any(isinstance(each, int) for each in days) or np.isnat(found).any():
        raise BaselineRefused("`holidays` are no dates. Give them as date(2026, 12, 25).")
    return found.astype(np.int64)
