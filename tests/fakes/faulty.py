"""Faults and natural changes put into a window's columns, for how often they are told apart.

A function takes the chance and an `Injected`, and gives the columns that it changes; None where it can't be put there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from watchkeeper.monitoring.integrity.apart import apart
from watchkeeper.monitoring.integrity.faults.stuck import is_reading
from watchkeeper.monitoring.integrity.grain import grain
from watchkeeper.monitoring.integrity.pair import Compared, Pair
from watchkeeper.monitoring.integrity.sample import Sample
from watchkeeper.monitoring.integrity.units import KNOWN

Chance = np.random.Generator
FEWEST = 50
LEAST_VALUES = 3
MOVES = (-12, -11, -10, -9, -8, -7, -6, -5, -4, -3, 3, 4, 5, 6, 7, 8, 9, 10, 11)


@dataclass(frozen=True)
class Clean:
    """A window without a fault, and one of its columns. `lagged` gives the column's values so many hours earlier."""

    pair: Pair
    column: Compared
    lagged: Callable[[str, int], Sample] | None = None

    @property
    def measured(self) -> bool:
        return self.column.is_measured and self.column.before.tallied[0].size >= LEAST_VALUES

    def with_values(self, values: npt.NDArray[Any], missing: npt.NDArray[np.bool_] | None = None) -> Pair:
        return changed(self.pair, self.column, values, missing)


Injection = Callable[[Chance, Clean], Pair | None]


def changed(pair: Pair, column: Compared, values: npt.NDArray[Any], missing: Any = None) -> Pair:
    gone = column.now.missing if missing is None else missing
    now = Sample(column.now.kind, np.where(gone, np.zeros(1, values.dtype), values), gone)
    return with_column(pair, replace(column, now=now))


def with_column(pair: Pair, column: Compared) -> Pair:
    columns = tuple(column if each.name == column.name else each for each in pair.columns)
    return replace(pair, columns=columns)


def renamed(chance: Chance, of: Clean) -> Pair | None:
    del chance
    if of.column.before.present.size < FEWEST or of.column.before.tallied[0].size < 2:
        return None
    others = tuple(each for each in of.pair.columns if each.name != of.column.name)
    gone, new = {of.column.name: of.column.before}, {f"{of.column.name}_v2": of.column.now}
    return replace(of.pair, columns=others, gone=gone, new=new)


def replaced(chance: Chance, of: Clean) -> Pair | None:
    """A column is gone, and an unrelated one came: another one's values in another order."""
    found = renamed(chance, of)
    others = [each for each in of.pair.columns if each.name != of.column.name and not each.now.missing.all()]
    if found is None or not others:
        return None
    now = others[chance.integers(len(others))].now
    return replace(found, new={f"{of.column.name}_v2": _taken(now, chance.permutation(now.rows))})


def unit(chance: Chance, of: Clean) -> Pair | None:
    """One of the known conversions; of temperatures alone those of temperatures."""
    if not of.measured or np.count_nonzero(of.column.now.present) < FEWEST:
        return None
    values = of.column.now.values
    warm = of.column.name == "Temperature"
    suited = [
        each for each in KNOWN if each.scale != -1.0 and bool(each.offset) is warm and "for °F" not in each.called
    ]
    suited = [each for each in suited if each.called != "°C for kelvin"]
    conversion = suited[chance.integers(len(suited))]
    found = values * conversion.scale + conversion.offset
    return of.with_values(np.round(found, 2) if conversion.scale > 1 and chance.random() < 0.5 else found)


def offset(chance: Chance, of: Clean) -> Pair | None:
    """By 5 to 10 deviations of the reference."""
    present = of.column.before.present
    if not of.measured or np.quantile(present, 0.1) == np.quantile(present, 0.9):
        return None
    by = chance.uniform(5, 10) * float(present.std()) * chance.choice([-1, 1])
    return of.with_values(stepped(of.column.now.values + by, of.column))


def stuck(chance: Chance, of: Clean) -> Pair | None:
    """At the value before: the last 30 to 100 % of the window where its rows have times, else all of it; then only of
    a measurement, since rows of one level may have been picked."""
    counts = of.column.before.tallied[1]
    if counts.size < LEAST_VALUES or counts.max() > 0.9 * counts.sum() or of.column.now.present.size < FEWEST:
        return None
    if of.pair.times is None and not is_reading(of.column.before):
        return None
    rows = of.column.now.rows
    begins = int(rows * chance.uniform(0, 0.7)) if of.pair.times is not None else 0
    known = np.flatnonzero(~of.column.now.missing)
    at = int(known[min(int(np.searchsorted(known, begins)), known.size - 1)])
    values, missing = of.column.now.values.copy(), of.column.now.missing.copy()
    values[at:], missing[at:] = values[at], False
    return of.with_values(values, missing)


def swapped(chance: Chance, of: Clean) -> Pair | None:
    """With a column of the same sort that lies at least .3 away from it in the reference."""
    others = [
        each
        for each in of.pair.columns
        if each.name != of.column.name
        and each.before.in_words is of.column.before.in_words
        and each.is_measured is of.column.is_measured
        and apart(each.before, of.column.before) >= 0.3
        and each.now.present.size >= FEWEST
    ]
    if not others or of.column.now.present.size < FEWEST:
        return None
    other = others[chance.integers(len(others))]
    pair = with_column(of.pair, replace(of.column, now=other.now))
    return with_column(pair, replace(other, now=of.column.now))


def time_zone(chance: Chance, of: Clean) -> Pair | None:
    """By 3 to 12 hours."""
    if of.lagged is None or not of.measured:
        return None
    return with_column(of.pair, replace(of.column, now=of.lagged(of.column.name, int(chance.choice(MOVES)))))


def default(chance: Chance, of: Clean) -> Pair | None:
    """What is missing gets a value; where (nearly) none is, 0, -1, 999 or "unknown" stands in 5 to 50 % of the rows,
    where the reference seldom has it."""
    column, before = of.column, of.column.before
    if not (of.measured or column.now.in_words):
        return None
    values, missing = column.now.values, column.now.missing
    if min(before.share_missing, column.now.share_missing) >= 0.03:
        filled = _filling(chance, before)
        return of.with_values(np.where(missing, filled, values), np.zeros_like(missing))
    share = chance.uniform(0.05, 0.5)
    seldom = [each for each in (0.0, -1.0, 999.0) if before.share(each) <= 0.005]
    if not column.now.in_words and not seldom:
        return None
    filled = "unknown" if column.now.in_words else chance.choice(seldom)
    hit = chance.random(values.size) < share
    return of.with_values(np.where(hit, filled, values), missing & ~hit)


def _filling(chance: Chance, before: Sample) -> Any:
    if before.in_words:
        return chance.choice(["unknown", "0", str(before.tallied[0][before.tallied[1].argmax()])])
    return chance.choice([0.0, -1.0, float(before.present.mean()), float(np.median(before.present))])


def gradual(chance: Chance, of: Clean) -> Pair | None:
    return _moved(chance, of, np.linspace(0, 1, of.column.now.rows))


def abrupt(chance: Chance, of: Clean) -> Pair | None:
    return _moved(chance, of, np.ones(of.column.now.rows))


def seasonal(chance: Chance, of: Clean) -> Pair | None:
    """A wave over the window of half a period to two."""
    return _moved(chance, of, np.sin(np.linspace(0, np.pi * chance.uniform(1, 4), of.column.now.rows)))


def new_level(chance: Chance, of: Clean) -> Pair | None:
    """In 5 to 40 % of the rows; of numbers, a value that becomes usual."""
    column = of.column
    if column.before.tallied[0].size < LEAST_VALUES or not (of.measured or column.now.in_words):
        return None
    hit = chance.random(column.now.rows) < chance.uniform(0.05, 0.4)
    level = "brand new" if column.now.in_words else float(chance.choice(column.before.tallied[0]))
    return of.with_values(np.where(hit, level, column.now.values), column.now.missing & ~hit)


def others(chance: Chance, of: Clean) -> Pair | None:
    """Other cases come: rows with larger, or smaller, values of the column are up to five times as frequent."""
    if not of.measured:
        return None
    ranks = np.argsort(np.argsort(of.column.now.values, kind="stable"), kind="stable") / of.column.now.rows
    weights = np.exp(chance.choice([-1, 1]) * chance.uniform(0.5, 1.6) * ranks)
    taken = np.sort(chance.choice(ranks.size, size=ranks.size, p=weights / weights.sum()))
    columns = (replace(each, now=_taken(each.now, taken)) for each in of.pair.columns)
    times = None if of.pair.times is None else (of.pair.times[0], of.pair.times[1][taken])
    return replace(of.pair, columns=tuple(columns), times=times)


def _taken(of: Sample, rows: npt.NDArray[np.int64]) -> Sample:
    return Sample(of.kind, of.values[rows], of.missing[rows])


def _moved(chance: Chance, of: Clean, course: npt.NDArray[np.float64]) -> Pair | None:
    """Numbers by .3 to 1 deviation, those never negative by a part of 35 %; a level takes 5 to 30 % of the rows."""
    column = of.column
    if of.measured:
        present, sign = column.before.present, chance.choice([-1, 1])
        by = sign * chance.uniform(0.3, 1.0) * float(present.std())
        if present[0] >= 0:
            part = np.clip(by / float(present.mean()), -0.35, 0.35)
            return of.with_values(stepped(column.now.values * (1 + part * course), column))
        return of.with_values(stepped(column.now.values + by * course, column))
    if not column.now.in_words or column.before.tallied[0].size < 2:
        return None
    level = chance.choice(column.before.tallied[0])
    hit = chance.random(column.now.rows) < chance.uniform(0.05, 0.3) * np.abs(course)
    return of.with_values(np.where(hit, level, column.now.values), column.now.missing & ~hit)


def stepped(values: npt.NDArray[np.float64], column: Compared) -> npt.NDArray[np.float64]:
    """In the reference's own steps, as a world that changes would have it."""
    step = grain(column.before.present)
    return values if step is None else np.round(np.round(values / step) * step, 9)


FAULTY: Mapping[str, tuple[str, Injection]] = {
    "renamed column": ("renamed column", renamed),
    "another column instead": ("unknown", replaced),
    "changed unit": ("changed unit", unit),
    "changed unit, an offset": ("changed unit", offset),
    "stuck sensor": ("stuck sensor", stuck),
    "swapped columns": ("swapped columns", swapped),
    "shifted time zone": ("shifted time zone", time_zone),
    "filled-in default": ("filled-in default", default),
}
"""The name that should be given, and how it is put there."""

NATURAL: Mapping[str, Injection] = {
    "gradual": gradual,
    "abrupt": abrupt,
    "new level": new_level,
    "seasonal": seasonal,
    "other cases": others,
}
