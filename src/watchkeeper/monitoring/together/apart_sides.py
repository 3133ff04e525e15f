"""The rows of a window of days beside those of the reference, coded, with their times.

Rows that follow each other in time are alike, and what a day has in common says nothing of how columns go together. So
of numbers each day's own mean is taken out, and columns of levels that say the same all day are left out: whether days
have moved is what each column's own verdict tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.multivariate.coded_rows import (
    ABSENT,
    Codes,
    DaySample,
    Numbers,
    ReferenceRows,
    together,
)
from watchkeeper.monitoring.multivariate.coding import Coded
from watchkeeper.monitoring.multivariate.errors import NothingToTell
from watchkeeper.monitoring.multivariate.halves import Times
from watchkeeper.monitoring.references.watching import Watched

HALF = 0.5
SAME = 0.9
"""The part of what levels differ by that lies between days, from which on they are of days."""
NO_COLUMN = "no column is kept row by row on both sides"
ALL_OF_DAYS = "all columns that are kept row by row say the same all day"


@dataclass(frozen=True)
class Sides:
    """The rows of both sides, and their times where they carry any."""

    coded: Coded
    times: Times | None = None


def sides_of(samples: Sequence[DaySample], reference: ReferenceRows, watch: Watched) -> Sides:
    """Raise NothingToTell where there is nothing to hold the window against."""
    window = together([each.rows for each in samples])
    before = reference.rows
    if before is None:
        raise NothingToTell(reference.why)
    coded = _coded(before.codes, window.codes, watch)
    if not reference.timed:
        return Sides(coded)
    days = np.concatenate([before.hashes, *(np.full(len(each.rows), _number(each.day)) for each in samples)])
    times = Times.of(days, np.concatenate([before.strata, window.strata]), coded.window)
    return Sides(_within_days(coded, days), times)


def _number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def _within_days(coded: Coded, days: Numbers) -> Coded:
    """Raise NothingToTell where no column is left."""
    each = np.unique(days, return_inverse=True)[1]
    values, before = coded.values.copy(), ~coded.window
    kept = np.ones(len(coded.names), dtype=np.bool_)
    for place, levels in enumerate(coded.levels.tolist()):
        if levels:
            kept[place] = not _of_days(coded.values[before, place], each[before])
        else:
            values[:, place] -= _means(values[:, place], each)[each]
    if not kept.any():
        raise NothingToTell(ALL_OF_DAYS)
    names = tuple(name for name, stays in zip(coded.names, kept.tolist(), strict=True) if stays)
    return replace(coded, names=names, levels=coded.levels[kept], values=values[:, kept])


def _means(values: Floats, each: Numbers) -> Floats:
    """Of each day, without the missing ones."""
    there = ~np.isnan(values)
    held = np.bincount(each[there], minlength=each.max(initial=0) + 1)
    sums = np.bincount(each[there], weights=values[there], minlength=held.size)
    found: Floats = sums / np.maximum(held, 1)
    return found


def _of_days(levels: Floats, each: Numbers) -> bool:
    """Whether two rows of one day are of one level so much more often than any two (Gini's measure of both)."""
    codes = np.unique(levels, return_inverse=True)[1]
    counts = np.zeros((int(each.max(initial=0)) + 1, int(codes.max(initial=0)) + 1))
    np.add.at(counts, (each, codes), 1)
    rows = counts.sum(axis=-1)
    whole = 1 - float(((counts.sum(axis=0) / max(rows.sum(), 1)) ** 2).sum())
    several = rows > 1
    alike = (counts * (counts - 1)).sum(axis=-1)[several] / (rows * (rows - 1))[several]
    within = 1 - float(np.average(alike, weights=rows[several])) if several.any() else whole
    return whole > 0 and within < (1 - SAME) * whole


def _coded(reference: Codes, window: Codes, watch: Watched) -> Coded:
    """By the columns that at least half of the rows of either side have; the missing values' bin is no number."""
    kept = [
        place
        for place in range(len(watch.features))
        if all((side[:, place] == ABSENT).mean() < HALF for side in (reference, window))
    ]
    if not kept:
        raise NothingToTell(NO_COLUMN)
    codes = np.concatenate([reference, window])[:, kept]
    missing = np.array([watch.features[place].size - 1 for place in kept])
    values = np.where((codes == ABSENT) | (codes == missing), np.nan, codes.astype(np.float64))
    inside: Flags = np.arange(len(codes)) >= len(reference)
    levels = np.array([not watch.features[place].layout.roles().ordered for place in kept])
    return Coded(tuple(watch.names[place] for place in kept), levels, values, inside)
