"""How many rows of a time series are worth one independent row: the design effect, by blocks of the reference's time.

Rows that follow each other are alike, so that a mean over a stretch varies more than one of as many independent rows.
How much more is seen from the reference's own stretches: the squared sums of their rows' scores, over what independent
rows would have. Dependence lies in a few directions, and a mean over all bins would dilute it; so it is looked for in
each that is judged, and the largest counts. From few blocks it is known badly, for which Student's law is the remedy:
the effect grows by the square of its quantile over the normal one's. Kish, "Survey Sampling" (1965), section 8.2; Rao
and Scott, Annals of Statistics 12 (1984), for counts.

What is alike grows with the number of rows that lie together (Kish's 1 + (n - 1) times their correlation). So a window
that has more rows than the stretches, because it is longer or because the reference holds but some of its weeks' rows,
has as many times the effect beyond 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from watchkeeper.monitoring.drift import scores
from watchkeeper.monitoring.drift.courses import has_course
from watchkeeper.monitoring.drift.sides import Counts, Floats

FEWEST_BLOCKS = 8
LENGTHS = (7, 14, 28, 56, 112)
"""Days. Shorter stretches would see no more than what is alike within a day."""
Days: TypeAlias = npt.NDArray[np.int64]
FEWEST_STRETCHES = 3
DAY, LASTING = 1, 9.0
"""Where there are too few weeks, days are looked at, and taken to last as those do that are alike by .8 from one to the
next: so many times as much as the days themselves show."""
WEEK, MONTHS = 7, 12
ROUND = 300
"""Days that a reference has to span to go round the year: one week in eight of a year does."""
NOTHING = "the reference covers fewer than 3 days"
HELD = 0.005
"""The share of rows from which a level's own dependence is looked at."""


def design_effect(blocks: Counts, *, ordered: bool, p_value: float) -> float:
    """At least 1, from counts of shape (blocks, bins), the missing values last. `p_value` is what has to be reached."""
    return max(1.0, alikeness(blocks, ordered=ordered) * unsure(len(blocks), p_value))


def alikeness(blocks: Counts, *, ordered: bool) -> float:
    """How many times as much the blocks vary as independent rows would, in the direction where that is most."""
    directions = _directions(blocks, ordered=ordered)
    return float(_ratios(blocks, directions).max()) if len(directions) else 1.0


def unsure(blocks: int, p_value: float) -> float:
    """By how much more an effect that is known from so few blocks has to count."""
    quantile = stdtrit(blocks - 1, 1 - p_value / 2) / ndtri(1 - p_value / 2)
    return float(quantile**2)


@dataclass(frozen=True)
class Dependence:
    """How alike the rows of a reference are that lie within so many days of each other.

    Attributes:
        days: the lengths of stretches that were looked at, rising; none where the rows are taken as independent.
        blocks: how many stretches of each length there are.
        ratios: of each length, and each column, how many times as much the stretches vary as independent rows would.
        why: why the rows are taken as independent, where they are; or nothing is known of them.
        rows: of a stretch of each length, the mean.
        known: whether anything can be said of the rows.
        year: in which months of the year the reference has rows, where it does not go round it; else none.
        courses: which columns have a course over it, so that they are taken to have a season, where it does not.
    """

    days: tuple[int, ...] = ()
    blocks: tuple[int, ...] = ()
    ratios: tuple[tuple[float, ...], ...] = ()
    why: str = ""
    rows: tuple[float, ...] = ()
    known: bool = True
    year: tuple[int, ...] = ()
    courses: tuple[bool, ...] = ()

    def effects(self, columns: int, *, days: int, p_values: Sequence[float]) -> Floats:
        """Each column's design effect in a window of so many days, of shape (columns,), by stretches as long as it, or
        the longest; `p_values` are what each has to reach. Infinite where nothing is known."""
        if not self.known:
            return np.full(columns, np.inf)
        if not self.days:
            return np.ones(columns)
        place = self._place(days)
        tails = [unsure(self.blocks[place], p_value) for p_value in p_values]
        return np.maximum(np.array(self.ratios[place]) * tails, 1.0)

    def closer(self, rows: Counts, *, days: int) -> Floats:
        """How many times as many rows windows of so many days have as the stretches that they are judged by: the effect
        beyond 1 is as many times as large. At least 1; of the shape of `rows`."""
        if not self.rows:
            return np.ones(np.shape(rows))
        return np.maximum(rows / self.rows[self._place(days)], 1.0)

    def _place(self, days: int) -> int:
        return next((place for place, each in enumerate(self.days) if each >= days), len(self.days) - 1)


def closer(effects: Floats, times: Floats) -> Floats:
    """Design effects of rows of which so many times as many lie together."""
    found: Floats = 1 + (effects - 1) * times
    return found


def dependence(days: Days, columns: Sequence[Counts], *, ordered: Sequence[bool]) -> Dependence:
    """From the numbers of days that have rows, rising, and each column's counts on these, of shape (days, bins), the
    missing values last. Three stretches are enough, though they say so little that rows are then worth little."""
    span = int(days[-1] - days[0]) + 1 if len(days) else 0
    found: list[tuple[int, int, tuple[float, ...], float]] = []
    for length in LENGTHS:
        starts = stretches(days, length)
        if min(len(starts), span // length) >= (FEWEST_BLOCKS if found else FEWEST_STRETCHES):
            found.append((length, *_measured(starts, columns, ordered)))
    if not found and len(days) >= FEWEST_STRETCHES:
        blocks, ratios, rows = _measured(stretches(days, DAY), columns, ordered)
        lasting = tuple(1 + max(each - 1, 0.0) * LASTING for each in ratios)
        found = [(DAY, blocks, lasting, rows)]
    if not found:
        return Dependence(why=NOTHING, known=False)
    lengths, counted, ratios_of, rows_of = zip(*found, strict=True)
    known = Dependence(lengths, counted, ratios_of, rows=rows_of)
    return known if span >= ROUND else replace(known, **_season(days, columns, ordered))


def stretches(days: Days, length: int) -> npt.NDArray[np.intp]:
    """Where each begins, among days that have rows. Days between which more than a stretch is missing are in two, and
    those between such gaps in stretches of about the same length: a week that was held out is one, whichever day it
    begins on."""
    runs = np.split(np.arange(len(days)), np.flatnonzero(np.diff(days) > length) + 1)
    found: list[npt.NDArray[np.intp]] = []
    for run in runs if len(days) else ():
        mine = days[run] - days[run[0]]
        span = int(mine[-1]) + 1
        parts = max(round(span / length), 1)
        found.append(run[np.flatnonzero(np.diff(mine * parts // span, prepend=-1))])
    return np.concatenate(found) if found else np.zeros(0, dtype=np.intp)


def _measured(
    starts: npt.NDArray[np.intp], columns: Sequence[Counts], ordered: Sequence[bool]
) -> tuple[int, tuple[float, ...], float]:
    """How many stretches there are, each column's ratio, and the rows of a stretch."""
    blocks = [np.add.reduceat(counts, starts, axis=0) for counts in columns]
    ratios = tuple(alikeness(of, ordered=each) for of, each in zip(blocks, ordered, strict=True))
    rows = float(blocks[0].sum()) / len(starts) if blocks else 0.0
    return len(starts), ratios, rows


def _season(days: Days, columns: Sequence[Counts], ordered: Sequence[bool]) -> dict[str, Any]:
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % MONTHS
    starts = stretches(days, WEEK)
    middles = np.add.reduceat(days, starts) / np.diff(starts, append=len(days))
    courses = [
        has_course(middles, *_scored(np.add.reduceat(counts, starts, axis=0), of))
        for counts, of in zip(columns, ordered, strict=True)
    ]
    return {"year": tuple((np.unique(months) + 1).tolist()), "courses": tuple(courses)}


def _scored(blocks: Counts, ordered: bool) -> tuple[Floats, Floats]:
    """The sum of scores of each direction in each block, and the rows; both of shape (directions, blocks)."""
    directions = _directions(blocks, ordered=ordered)
    taken = ~np.isnan(directions)
    return np.where(taken, directions, 0.0) @ blocks.T, taken.astype(np.float64) @ blocks.T


def _directions(blocks: Counts, *, ordered: bool) -> Floats:
    """Scores of the bins, one row a direction in which rows may be alike; those of present values leave out the
    missing ones, which are a direction of their own."""
    total = blocks.sum(axis=0)
    missing = np.zeros((1, total.size))
    missing[0, -1] = 1.0
    if ordered:
        present = total[np.newaxis, :-1]
        own = np.vstack([scores.location(present), scores.spread(present)])
    else:
        own = np.eye(total.size - 1)[total[:-1] >= HELD * total.sum()]
    return np.vstack([np.hstack([own, np.full((len(own), 1), np.nan)]), missing])


def _ratios(blocks: Counts, directions: Floats) -> Floats:
    """Of each direction: the blocks' squared sums, over the variance of as many independent rows."""
    taken = ~np.isnan(directions)
    values = np.where(taken, directions, 0.0)
    total = blocks.sum(axis=0)
    rows = np.maximum((taken * total).sum(axis=-1, keepdims=True), 1)
    centred = np.where(taken, values - (values * total).sum(axis=-1, keepdims=True) / rows, 0.0)
    expected = (centred**2 * total).sum(axis=-1)
    squares = ((blocks @ centred.T) ** 2).sum(axis=0) * len(blocks) / (len(blocks) - 1)
    found: Floats = np.divide(squares, expected, out=np.ones(len(directions)), where=expected > 1e-9)
    return found
