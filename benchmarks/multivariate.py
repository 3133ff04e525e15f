"""`just bench multivariate`: false alarms, coverage and power of telling a window's rows from the reference's."""

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
from scipy.stats import norm

from tests.fakes.columns import Chance
from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.multivariate.boosting import boosted
from watchkeeper.monitoring.multivariate.ranks import area
from watchkeeper.monitoring.multivariate.telling import Scores, tell_apart

COLUMNS = 8
REPEATS = {100: 400, 200: 400, 1_000: 300, 4_000: 100}
COVERED = 150
FRESH = 10_000
DAYS, A_DAY = 40, 25


def multivariate() -> None:
    _false_alarms()
    _coverage()
    _by_day()


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
