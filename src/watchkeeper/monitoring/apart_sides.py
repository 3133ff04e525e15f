"""The rows of a window of days beside those of the reference, coded, with what their order in time makes of them.

Rows that follow each other in time are alike. So what is learned from the earlier days is asked about the later ones,
and the reverse; rows count for as many independent ones as they are worth (`drift/dependence.py`); and the reference's
are of the same strata of the calendar, as many in each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from watchkeeper.monitoring.drift.dependence import Dependence
from watchkeeper.monitoring.drift.seasons.strata import COARSENESSES, STRATA
from watchkeeper.monitoring.drift.sides import Flags
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
from watchkeeper.monitoring.watching import Watched

DAYS_OF_A_HALF = 14
FEWEST_DAYS = 8
OUT_OF_SEASON = 0.1
"""The part of the window's rows for whose season the reference may have none."""
HALF = 0.5
P_VALUE = 0.01
FEW_DAYS = f"fewer than {FEWEST_DAYS} days have rows"
ANOTHER_SEASON = "the reference holds no rows of this season"
NO_COLUMN = "no column is kept row by row on both sides"


@dataclass(frozen=True)
class Sides:
    """The rows of both sides; where they carry times, which are the later ones, and what their order makes of them."""

    coded: Coded
    later: Flags | None = None
    effect: float = 1.0


def sides_of(samples: Sequence[DaySample], reference: ReferenceRows, watch: Watched, dependence: Dependence) -> Sides:
    """Raise NothingToTell where there is nothing to hold the window against."""
    window = together([each.rows for each in samples])
    before = reference.rows
    if before is None:
        raise NothingToTell(reference.why)
    if not reference.timed:
        return Sides(_coded(before.codes, window.codes, watch)[0])
    days = np.concatenate([np.full(len(each.rows), _number(each.day)) for each in samples])
    most = round(reference.a_day * len(samples))
    of_reference, of_window = _matched(before.strata, window.strata, most)
    coded, kept = _coded(before.codes[of_reference], window.codes[of_window], watch)
    later = np.concatenate([_later(before.hashes[of_reference]), _later(days[of_window])])
    effects = dependence.effects(len(watch.features), days=DAYS_OF_A_HALF, p_values=[P_VALUE] * len(watch.features))
    return Sides(coded, later, float(effects[kept].max()))


def _later(days: Numbers) -> Flags:
    """Which rows are of the later half of the days."""
    number = np.unique(days, return_inverse=True)[1]
    if len(days) == 0 or number.max() + 1 < FEWEST_DAYS:
        raise NothingToTell(FEW_DAYS)
    found: Flags = number > number.max() // 2
    return found


def _number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def _matched(reference: Numbers, window: Numbers, most: int) -> tuple[Numbers, Numbers]:
    """As many rows of either side of each stratum, by the finest strata in which the reference has what the window has;
    not more in a day than the reference had, by which it is known what they are worth.

    Raises:
        NothingToTell: the reference lacks the season of more than a tenth of the window's rows.
    """
    for size in COARSENESSES:
        before, now = reference // size, window // size
        held, wanted = (np.bincount(each, minlength=STRATA) for each in (before, now))
        if wanted[held == 0].sum() <= OUT_OF_SEASON * len(window):
            both = np.minimum(held, wanted)
            both = np.minimum(both, np.ceil(both * most / max(both.sum(), 1)).astype(np.int64))
            return _first(before, both), _first(now, both)
    raise NothingToTell(ANOTHER_SEASON)


def _first(strata: Numbers, most: Numbers) -> Numbers:
    """The places of so many rows of each stratum, drawn by chance."""
    order = np.random.default_rng(len(strata)).permutation(len(strata))
    ranked = order[np.argsort(strata[order], kind="stable")]
    of = strata[ranked]
    number = np.arange(len(of)) - np.searchsorted(of, of)
    return np.sort(ranked[number < most[of]])


def _coded(reference: Codes, window: Codes, watch: Watched) -> tuple[Coded, list[int]]:
    """With the places of the columns that at least half of the rows of either side have; the missing values' bin is no
    number."""
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
    return Coded(tuple(watch.names[place] for place in kept), levels, values, inside), kept
