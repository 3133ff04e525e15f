"""`just bench multivariate`: false alarms, coverage and power of telling a window's rows from the reference's."""

import time
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
from scipy.stats import norm

from tests.fakes.columns import Chance
from watchkeeper.monitoring.apart_sides import sides_of
from watchkeeper.monitoring.depending import of_reference
from watchkeeper.monitoring.drift.dependence import Dependence
from watchkeeper.monitoring.drift.seasons.strata import Moments, strata_of
from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.multivariate.boosting import boosted
from watchkeeper.monitoring.multivariate.coded_rows import ROWS_A_DAY, CodedRows, DaySample, ReferenceRows
from watchkeeper.monitoring.multivariate.ranks import area
from watchkeeper.monitoring.multivariate.telling import Apart, Scores, tell_apart, tell_coded
from watchkeeper.monitoring.ports import Counts
from watchkeeper.monitoring.reference_rows import TIMED, UNTIMED
from watchkeeper.monitoring.watching import PREDICTION, Watched
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

COLUMNS = 8
REPEATS = {100: 400, 200: 400, 1_000: 300, 4_000: 100}
COVERED = 150
FRESH = 10_000
DAYS, A_DAY = 40, 25
SERVED, IN_TIME = 120, 60


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
    return tell_coded(sides_of(week, reference, watch, Dependence()).coded, learn=boosted), week[0]


def _rows(values: Floats, watch: Watched, days: Counts | None = None, strata: Counts | None = None) -> CodedRows:
    none = np.zeros(len(values), dtype=np.int64)
    codes = [bins.places(pa.array(column)) for bins, column in zip(watch.features, values.T, strict=True)]
    return CodedRows(
        none if days is None else days, none if strata is None else strata, np.column_stack(codes).astype(np.uint16)
    )


def _in_time() -> None:
    """Four weeks of hours against a year of them: each column's level lasts from day to day, and has a yearly cycle."""
    print("\n| a day's level lasts by | yearly cycle | p at most .05 | p at most .01 | mean effect |")
    print("|--:|--:|--:|--:|--:|")
    for lasting in (0.0, 0.5, 0.8):
        for cycle in (0.0, 1.0):
            chance = np.random.default_rng(8)
            found = np.array([_month(chance, lasting, cycle) for _ in range(IN_TIME)])
            rates = " | ".join(f"{100 * (found[:, 0] <= p).mean():.1f} %" for p in (0.05, 0.01))
            print(f"| {lasting:g} | {cycle:g} | {rates} | {found[:, 1].mean():.0f} |", flush=True)


def _month(chance: Chance, lasting: float, cycle: float) -> tuple[float, float]:
    days, columns = 365 + 28, 4
    levels = np.zeros((days, columns))
    for day in range(1, days):
        levels[day] = lasting * levels[day - 1] + np.sqrt(1 - lasting**2) * chance.normal(size=columns)
    levels += cycle * np.sin(2 * np.pi * np.arange(days) / 365)[:, np.newaxis]
    values = np.repeat(0.5 * levels, 24, axis=0) + chance.normal(size=(days * 24, columns))
    moments = np.datetime64("2024-12-04", "h") + np.arange(days * 24)
    numbers, strata = moments.astype("datetime64[D]").astype(np.int64), strata_of(moments)
    window = np.arange(days * 24) >= 365 * 24
    watch = _watch_of(values[~window])
    some = np.sort(chance.permutation(365 * 24)[:TIMED])
    reference = ReferenceRows(1, True, _rows(values[some], watch, numbers[some], strata[some]), a_day=24.0)
    samples = [_day(day, values[of], strata[of], watch) for day, of in _each_day(moments, window)]
    counts = np.stack(
        [
            np.concatenate(
                [b.count(pa.array(values[numbers == day][:, place])) for place, b in enumerate(watch.features)]
            )
            for day in np.unique(numbers[~window])
        ]
    )
    dependence = of_reference(watch.features, np.unique(numbers[~window]), counts)
    sides = sides_of(samples, reference, watch, dependence)
    return tell_coded(sides.coded, learn=boosted, second=sides.later, effect=sides.effect).p_value, sides.effect


def _each_day(moments: Moments, window: Flags) -> list[tuple[str, Flags]]:
    days = moments.astype("datetime64[D]")
    return [(str(day), days == day) for day in np.unique(days[window])]


def _day(day: str, values: Floats, strata: Counts, watch: Watched) -> DaySample:
    return DaySample(day, len(values), _rows(values, watch, None, strata))


def _watch_of(values: Floats) -> Watched:
    bins = [fit_bin_set(Column(f"x{place}", Kind.NUMERIC), pa.array(of)) for place, of in enumerate(values.T)]
    return Watched(1, tuple(bins), bins[0])
