"""`just bench same-season`: false alarms and power where neighbouring days are alike and the year has a season.

Numbers and levels every three hours, counted and judged as `compare(at=...)` does. The family's rates are told from
columns by themselves at its threshold: of the location alone, of columns that have a number a day, and of all facets.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.special import stdtr

from tests.fakes.columns import Chance
from tests.fakes.in_season import Moments, levels_of_days, moments, seasonal_numbers, seasonal_sorts
from watchkeeper.monitoring.drift.columns import lined_up
from watchkeeper.monitoring.drift.facets import LOCATION
from watchkeeper.monitoring.drift.family import first_threshold
from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.seasons.lasting import Centring, lasting
from watchkeeper.monitoring.drift.seasons.matching import matched, thinned
from watchkeeper.monitoring.drift.seasons.strata import Days, days_of, strata_of
from watchkeeper.monitoring.drift.seasons.weeks import WEEK, Weekly, Weeks
from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.drift.weighing import Weighed, weigh
from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind

COLUMNS, MOVED, OF_SCORES, AT_ONCE = 1_000, 200, 40_000, 100
FAMILY = 200
SHIFT, MORE = 3.0, 2.5
MONTHS = (1, 4, 7, 10)
LASTING = (0.0, 0.5, 0.8)
OF_FAMILY = 2_000
"""Columns, each with twelve windows of the year after its reference."""
HEAD = (
    "| a day's level lasts | window | years | numbers | location, 200 columns | numbers, 200 columns | levels | "
    "levels, 200 columns | shift found | level found |"
)


def same_season() -> None:
    print(HEAD + "\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for years, lasts, days in [(1, lasts, days) for lasts in LASTING for days in (7, 30)] + [(3, 0.8, 7), (3, 0.8, 30)]:
        cell = Cell(years, days, lasts)
        figures = [
            cell.rate(seasonal_numbers, Kind.NUMERIC, COLUMNS),
            cell.of_family(),
            cell.of_all_facets(seasonal_numbers, Kind.NUMERIC),
            cell.rate(seasonal_sorts, Kind.CATEGORICAL, COLUMNS),
            cell.of_all_facets(seasonal_sorts, Kind.CATEGORICAL),
            cell.rate(seasonal_numbers, Kind.NUMERIC, MOVED, shift=SHIFT),
            cell.rate(seasonal_sorts, Kind.CATEGORICAL, MOVED, more=MORE),
        ]
        told = " | ".join(f"{100 * figure:.1f} %" for figure in figures)
        print(f"| {lasts:g} | {days} days | {years} | {told} |", flush=True)


@dataclass(frozen=True)
class Cell:
    years: int
    days: int
    lasts: float

    def rate(self, draw: Any, kind: Kind, columns: int, *, shift: float = 0.0, **moved: float) -> float:
        """How often a column by itself is called drifted; the windows are of all seasons."""
        chance, found, threshold = np.random.default_rng(41), 0, first_threshold(1, 0.05)
        for turn in range(columns // AT_ONCE):
            when, month = self._reference(), self._window(turn)
            before = draw(chance, when, AT_ONCE, lasting=self.lasts)
            now = draw(chance, month, AT_ONCE, lasting=self.lasts, **moved) + (shift or 0)
            found += _drifted(_learned(when, before, kind), month, now, kind, threshold)
        return found / columns

    def of_family(self) -> float:
        """How often the location of any of 200 columns is, by how often one is at their threshold."""
        chance, threshold = np.random.default_rng(42), first_threshold(FAMILY, 0.05) * LOCATION.weight
        tails = [_tails(chance, self, 2_000, threshold) for _ in range(OF_SCORES // 2_000)]
        return float(1 - (1 - np.mean(tails)) ** FAMILY)

    def of_all_facets(self, draw: Any, kind: Kind) -> float:
        """How often any of 200 columns is called drifted, by how often one is at their threshold."""
        chance, found, threshold = np.random.default_rng(43), 0, first_threshold(FAMILY, 0.05)
        first = 365 * self.years
        for _ in range(OF_FAMILY // AT_ONCE):
            when = moments(f"{2026 - self.years}-01-01", first + 365)
            rows = draw(chance, when, AT_ONCE, lasting=self.lasts)
            days = days_of(when) - days_of(when[:1])
            of = _learned(when[days < first], rows[days < first], kind)
            for begin in range(first, first + 360, 30):
                now = (days >= begin) & (days < begin + self.days)
                found += _drifted(of, when[now], rows[now], kind, threshold)
        return float(1 - (1 - found / (OF_FAMILY * 12)) ** FAMILY)

    def _reference(self) -> Moments:
        return moments(f"{2026 - self.years}-01-01", 365 * self.years)

    def _window(self, turn: int) -> Moments:
        return moments(f"2026-{MONTHS[turn % len(MONTHS)]:02}-01", self.days)


def _learned(when: Moments, rows: Any, kind: Kind) -> Almanac:
    weeks, cells = Weeks.of(days_of(when), strata_of(when))
    columns = [_values(each, kind) for each in rows.T]
    bin_sets = [fit_bin_set(Column("x", kind), values) for values in columns]
    counted = (_weekly(*of, weeks, cells).counts for of in zip(bin_sets, columns, strict=True))
    return Almanac.of(bin_sets, weeks, counted)


def _drifted(of: Almanac, when: Moments, rows: Any, kind: Kind, threshold: float) -> int:
    """How many of the columns a window finds."""
    weeks, cells = Weeks.of(days_of(when), strata_of(when))
    each = zip(of.bin_sets, (_values(values, kind) for values in rows.T), strict=True)
    window = [_weekly(bins, values, weeks, cells) for bins, values in each]
    weight = 0.35 if kind is Kind.NUMERIC else 0.45
    season = matched(of, window, p_values=np.full(len(window), threshold * weight))
    ends = np.append(of.starts[1:], season.window.size)[:-1]
    (part,) = lined_up(of.bin_sets, np.split(season.reference, ends), np.split(season.window, ends))
    found: Weighed = weigh(*thinned(part.sides, season, part.columns))
    return int((found.significant(np.full(len(window), threshold)) & found.material).any(axis=0).sum())


def _values(values: Any, kind: Kind) -> "pa.Array":
    return pa.array(values if kind is Kind.NUMERIC else values.astype(str))


def _weekly(bins: BinSet, values: Any, weeks: Weeks, cells: Any) -> Weekly:
    size = weeks.week.size
    counts = np.bincount(cells * bins.size + bins.places(values), minlength=size * bins.size)
    return Weekly(weeks, counts.reshape(size, bins.size))


def _tails(chance: Chance, cell: Cell, columns: int, threshold: float) -> Flags:
    """Whether each column's mean of a window lies beyond what its reference lets one expect, at that p-value."""
    days = np.arange(365 * cell.years)
    month, week = _months(days), days // WEEK
    rows = np.zeros((week[-1] + 1, 12))
    np.add.at(rows, (week, month), 1)
    centring, of_month = Centring.of(rows), month == 4
    scores = levels_of_days(chance, days.size, columns, lasting=cell.lasts)
    means = np.stack([scores[month == each].mean(axis=0) for each in range(12)])
    sums = np.add.reduceat(scores - means[month], np.flatnonzero(np.diff(week, prepend=-1)), axis=0)
    apart = levels_of_days(chance, cell.days, columns, lasting=cell.lasts).mean(axis=0) - means[4]
    parts = np.bincount(np.arange(cell.days) // WEEK)
    of_reference = rows[:, 4] / np.sqrt(rows.sum(axis=-1)) / of_month.sum()
    p_values = [
        _tail(sums[:, place], apart[place], rows.sum(axis=-1), parts, of_reference, centring)
        for place in range(columns)
    ]
    return np.array(p_values) <= threshold


def _tail(sums: Floats, apart: float, weeks: Floats, parts: Floats, of_reference: Floats, centring: Centring) -> float:
    found = lasting(sums, weeks, centring)
    variance = found.variance(np.sqrt(parts) / parts.sum()) + found.variance(of_reference)
    return float(2 * stdtr(centring.freedom, -abs(apart) / np.sqrt(variance)))


def _months(days: Days) -> Any:
    return (np.datetime64("2025-01-01") + days).astype("datetime64[M]").astype(np.int64) % 12
