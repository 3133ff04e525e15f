"""`just bench multivariate`: false alarms, coverage and power of telling a window's rows from the reference's."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import norm

from tests.fakes.columns import Chance
from watchkeeper.monitoring.drift.seasons.strata import Moments, strata_of
from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.multivariate.boosting import boosted
from watchkeeper.monitoring.multivariate.coded_rows import ROWS_A_DAY, CodedRows, DaySample, ReferenceRows
from watchkeeper.monitoring.multivariate.ranks import area
from watchkeeper.monitoring.multivariate.telling import Apart, Scores, tell_apart, tell_coded, tell_in_time
from watchkeeper.monitoring.ports import Counts
from watchkeeper.monitoring.references.watching import PREDICTION, Watched
from watchkeeper.monitoring.together.apart_sides import sides_of
from watchkeeper.monitoring.together.reference_rows import TIMED, UNTIMED
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

COLUMNS = 8
REPEATS = {100: 400, 200: 400, 1_000: 300, 4_000: 100}
COVERED = 150
FRESH = 10_000
DAYS, A_DAY = 40, 25
SERVED, IN_TIME = 120, 160
HALF_HOURS, SHIFT, MONTH, BURN_IN, WIDE = 48, 16, 28, 60, 0.2


def multivariate() -> None:
    _false_alarms()
    _coverage()
    _by_day()
    _served()
    _in_time()


def _false_alarms() -> None:
    print("| rows a side | p at most .05 | p at most .01 | at most .05 were both halves independent |")
    print("|--:|--:|--:|--:|")
    for rows, repeats in REPEATS.items():
        chance = np.random.default_rng(3)
        p_values = np.array([_p_value(chance, rows) for _ in range(repeats)])
        naive = norm.sf(norm.isf(p_values) * np.sqrt(2))
        rates = " | ".join(f"{100 * rate.mean():.1f} %" for rate in (p_values <= 0.05, p_values <= 0.01, naive <= 0.05))
        print(f"| {rows:,} | {rates} |", flush=True)


def _p_value(chance: Chance, rows: int) -> float:
    return tell_apart(_mixed(chance, rows), _mixed(chance, rows), learn=boosted).p_value


def _mixed(chance: Chance, rows: int) -> pa.Table:
    levels = chance.choice(list("abcdefghijklmnop"), rows)
    return pa.table(
        {**_columns(chance.normal(size=(rows, COLUMNS))), "level": levels, "flag": chance.random(rows) < 0.3}
    )


def _columns(values: Floats) -> dict[str, Floats]:
    return {f"x{place}": values[:, place] for place in range(values.shape[1])}


def _moved(values: Floats) -> Floats:
    values[:, 0] += 0.3
    return values


def _together(values: Floats) -> Floats:
    values[:, 1] = 0.6 * values[:, 0] + 0.8 * values[:, 1]
    return values


def _far(values: Floats) -> Floats:
    values[:, :3] += 1.5
    return values


Drift = Callable[[Floats], Floats]
DRIFTS: Mapping[str, tuple[Drift, frozenset[str]]] = {
    "mean of one + .3": (_moved, frozenset({"x0"})),
    "two correlated by .6": (_together, frozenset({"x0", "x1"})),
    "means of three + 1.5": (_far, frozenset({"x0", "x1", "x2"})),
}
"""With the columns that they move."""


def _coverage() -> None:
    print("\n| drift | rows a side | mean area | in the interval | median length | p at most .01 | right one named |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, (drift, moved) in DRIFTS.items():
        for rows in (200, 1_000):
            chance = np.random.default_rng(4)
            found = np.array([_covered(chance, drift, moved, rows) for _ in range(COVERED)])
            auc, held, length, seen, first = found.T
            figures = (
                f"{auc.mean():.3f} | {100 * held.mean():.0f} % | {np.median(length):.3f} | {100 * seen.mean():.0f} %"
            )
            print(f"| {name} | {rows:,} | {figures} | {100 * first.mean():.0f} % |", flush=True)


def _covered(chance: Chance, drift: Drift, moved: frozenset[str], rows: int) -> tuple[float, ...]:
    """The truth is the mean area of the two classifiers over many fresh rows."""
    classifiers: list[Scores] = []

    def learn(values: Floats, window: Flags, levels: Flags) -> Scores:
        classifiers.append(boosted(values, window, levels))
        return classifiers[-1]

    reference, window = (chance.normal(size=(rows, COLUMNS)) for _ in range(2))
    found = tell_apart(pa.table(_columns(reference)), pa.table(_columns(drift(window))), learn=learn)
    fresh = np.vstack([chance.normal(size=(FRESH, COLUMNS)), drift(chance.normal(size=(FRESH, COLUMNS)))])
    truth = np.mean([area(each(fresh), np.arange(2 * FRESH) >= FRESH).value for each in classifiers])
    named = bool(found.columns) and found.columns[0].column in moved
    return found.auc, found.low <= truth <= found.high, found.high - found.low, found.p_value <= 0.01, named


def _by_day() -> None:
    print("\n| rows | p at most .05, rows as independent | days as blocks | shift of .8 found with blocks, p .01 |")
    print("|---|--:|--:|--:|")
    for lasting in (0.3, 1.0):
        chance = np.random.default_rng(5)
        found = np.array([_days(chance, lasting) for _ in range(COVERED)])
        figures = " | ".join(f"{100 * rate:.1f} %" for rate in found.mean(axis=0))
        print(f"| {DAYS} days of {A_DAY}, a day's level {lasting:g} of its rows' deviation | {figures} |", flush=True)


def _days(chance: Chance, level: float) -> tuple[bool, bool, bool]:
    def drawn(shift: float) -> pa.Table:
        of_days = np.repeat(chance.normal(size=(DAYS, COLUMNS)) * level, A_DAY, axis=0)
        values = of_days + chance.normal(size=of_days.shape)
        values[:, 0] += shift
        return pa.table(_columns(values))

    days = np.repeat(np.arange(DAYS), A_DAY)
    before, now, moved = drawn(0.0), drawn(0.0), drawn(0.8)
    by_row, by_day, found = (
        tell_apart(before, of, learn=boosted, blocks=blocks).p_value
        for of, blocks in ((now, None), (now, (days, days)), (moved, (days, days)))
    )
    return by_row <= 0.05, by_day <= 0.05, found <= 0.01


def _served() -> None:
    """As the worker looks at a week: coded rows, 200 a day, and 5,000 of the reference."""
    print("\n| columns | p at most .01 without drift | two correlated by .6, p at most .01 | s a day | kB a day |")
    print("|--:|--:|--:|--:|--:|")
    for columns, repeats in ((8, SERVED), (200, 20)):
        chance = np.random.default_rng(6)
        watch = _watch(chance, columns)
        begun = time.process_time()
        quiet = [_week(chance, watch, lambda values: values)[0].p_value <= 0.01 for _ in range(repeats)]
        taken = (time.process_time() - begun) / repeats
        told = [_week(chance, watch, _together) for _ in range(repeats // 4)]
        size = len(told[0][1].rows.packed()) / 1000
        rates = (100 * np.mean(quiet), 100 * np.mean([each.p_value <= 0.01 for each, _ in told]))
        print(f"| {columns} | {rates[0]:.1f} % | {rates[1]:.0f} % | {taken:.2f} | {size:.0f} |", flush=True)


def _watch(chance: Chance, columns: int) -> Watched:
    values = pa.array(chance.normal(size=FRESH))
    bins = [fit_bin_set(Column(f"x{place}", Kind.NUMERIC), values) for place in range(columns)]
    return Watched(1, tuple(bins), fit_bin_set(Column(PREDICTION, Kind.NUMERIC), values))


def _week(chance: Chance, watch: Watched, drift: Drift) -> tuple[Apart, DaySample]:
    reference = ReferenceRows(1, timed=False, rows=_rows(chance.normal(size=(UNTIMED, len(watch.features))), watch))
    shape = (ROWS_A_DAY, len(watch.features))
    week = [
        DaySample(f"2026-01-0{day}", ROWS_A_DAY, _rows(drift(chance.normal(size=shape)), watch)) for day in range(1, 8)
    ]
    return tell_coded(sides_of(week, reference, watch).coded, learn=boosted), week[0]


def _rows(values: Floats, watch: Watched, days: Counts | None = None, strata: Counts | None = None) -> CodedRows:
    none = np.zeros(len(values), dtype=np.int64)
    codes = [
        bins.places(_typed(column, bins.column.kind)) for bins, column in zip(watch.features, values.T, strict=True)
    ]
    return CodedRows(
        none if days is None else days, none if strata is None else strata, np.column_stack(codes).astype(np.uint16)
    )


def _in_time() -> None:
    """Four weeks of half hours against a year or two of them: numbers with a season of the year and of the day, whose
    days' levels and spread last; a level whose share lasts, and one that is drawn every eight hours."""
    print("\n| reference | a day lasts by | change | p at most .05 | p at most .01 | mean area | wide as .2 and more |")
    print("|---|--:|---|--:|--:|--:|--:|")
    for years, lasting, change, repeats in (
        *((1, lasting, "none", IN_TIME) for lasting in (0.0, 0.5, 0.8)),
        (2, 0.8, "none", IN_TIME // 2),
        *((1, lasting, change, IN_TIME // 4) for change in CHANGES for lasting in (0.0, 0.8)),
        *((2, 0.8, change, IN_TIME // 4) for change in CHANGES),
    ):
        chance = np.random.default_rng(8)
        found = [_month(chance, lasting, years, CHANGES.get(change)) for _ in range(repeats)]
        rates = [100 * np.mean([each.p_value <= p for each in found]) for p in (0.05, 0.01)]
        wide = 100 * np.mean([each.high - each.low > WIDE for each in found])
        told = f"{rates[0]:.1f} % | {rates[1]:.1f} % | {np.mean([each.auc for each in found]):.3f} | {wide:.0f} %"
        print(f"| {years} year{'s' * (years > 1)} | {lasting:g} | {change} | {told} |", flush=True)


def _customer(chance: Chance, values: Floats) -> Floats:
    """One of whom nobody knew, in .45 of the shifts."""
    values[np.repeat(chance.random(len(values) // SHIFT) < 0.45, SHIFT), -1] = 5
    return values


def _correlated(_: Chance, values: Floats) -> Floats:
    values[:, 1] = 0.6 * values[:, 0] + 0.8 * values[:, 1]
    return values


CHANGES: Mapping[str, Callable[[Chance, Floats], Floats]] = {"a new level": _customer, "two go together": _correlated}


def _month(chance: Chance, lasting: float, years: int, change: Callable[[Chance, Floats], Floats] | None) -> Apart:
    moments, values = _half_hours(chance, lasting, 365 * years + MONTH)
    numbers, strata = moments.astype("datetime64[D]").astype(np.int64), strata_of(moments)
    window = np.arange(len(values)) >= len(values) - MONTH * HALF_HOURS
    watch = _watch_of(values[~window])
    some = np.sort(chance.permutation(int((~window).sum()))[:TIMED])
    reference = ReferenceRows(1, True, _rows(values[some], watch, numbers[some], strata[some]))
    mine = values[window] if change is None else change(chance, values[window])
    values = np.vstack([values[~window], mine])
    samples = [_day(day, values[of], strata[of], watch) for day, of in _each_day(moments, window)]
    sides = sides_of(samples, reference, watch)
    assert sides.times is not None
    return tell_in_time(sides.coded, sides.times, learn=boosted)


def _half_hours(chance: Chance, lasting: float, days: int) -> tuple[Moments, Floats]:
    levels = np.zeros((days + BURN_IN, 5))
    for day in range(1, len(levels)):
        levels[day] = lasting * levels[day - 1] + np.sqrt(1 - lasting**2) * chance.normal(size=5)
    levels, rows = np.repeat(levels[BURN_IN:], HALF_HOURS, axis=0), days * HALF_HOURS
    first = np.datetime64("2023-01-01", "m") + int(chance.integers(365)) * np.timedelta64(1440, "m")
    moments = first + np.arange(rows) * np.timedelta64(30, "m")
    season = np.sin(2 * np.pi * moments.astype("datetime64[D]").astype(np.int64) / 365.25)
    spread = np.exp(0.3 * (levels[:, 3] + season))[:, np.newaxis]
    daily = np.sin(2 * np.pi * np.arange(rows) / HALF_HOURS)[:, np.newaxis] * (
        1 + 0.3 * (levels[:, :1] + season[:, None])
    )
    numbers = 0.7 * levels[:, :3] + season[:, np.newaxis] + daily + 0.7 * spread * chance.normal(size=(rows, 3))
    often = chance.random(rows) < 1 / (1 + np.exp(-levels[:, 4] - season))
    shifts = np.repeat(chance.choice(3, size=rows // SHIFT, p=[0.5, 0.3, 0.2]), SHIFT)
    return moments, np.column_stack([numbers, often, shifts])


def _each_day(moments: Moments, window: Flags) -> list[tuple[str, Flags]]:
    days = moments.astype("datetime64[D]")
    return [(str(day), days == day) for day in np.unique(days[window])]


def _day(day: str, values: Floats, strata: Counts, watch: Watched) -> DaySample:
    return DaySample(day, len(values), _rows(values, watch, None, strata))


def _watch_of(values: Floats) -> Watched:
    """The last two columns are of levels."""
    kinds = [Kind.NUMERIC] * (values.shape[1] - 2) + [Kind.CATEGORICAL] * 2
    bins = [
        fit_bin_set(Column(f"x{place}", kind), _typed(of, kind))
        for place, (kind, of) in enumerate(zip(kinds, values.T, strict=True))
    ]
    return Watched(1, tuple(bins), bins[0])


def _typed(values: Floats, kind: Kind) -> "pa.Array[Any]":
    return pa.array(values) if kind is Kind.NUMERIC else pa.array([str(int(each)) for each in values])
