"""How many rows of a time series are worth one independent row: the design effect, by blocks of the reference's time.

Rows that follow each other are alike, so that a mean over a stretch varies more than one of as many independent rows.
How much more is seen from the reference's own stretches: the squared sums of their rows' scores, over what independent
rows would have. Dependence lies in a few directions, and a mean over all bins would dilute it; so it is looked for in
each that is judged, and the largest counts. From few blocks it is known badly, for which Student's law is the remedy:
the effect grows by the square of its quantile over the normal one's. Kish, "Survey Sampling" (1965), section 8.2; Rao
and Scott, Annals of Statistics 12 (1984), for counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from watchkeeper.monitoring.drift import scores
from watchkeeper.monitoring.drift.sides import Counts, Floats

FEWEST_BLOCKS = 8
LENGTHS = (7, 14, 28, 56, 112)
"""Days. Shorter stretches would see no more than what is alike within a day."""
Days: TypeAlias = npt.NDArray[np.int64]
FEWEST_STRETCHES = 3
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
        why: why the rows are taken as independent, where they are.
    """

    days: tuple[int, ...] = ()
    blocks: tuple[int, ...] = ()
    ratios: tuple[tuple[float, ...], ...] = ()
    why: str = ""

    def effects(self, columns: int, *, days: int, p_values: Sequence[float]) -> Floats:
        """Each column's design effect in a window of so many days, of shape (columns,), by stretches as long as it, or
        the longest; `p_values` are what each has to reach."""
        if not self.days:
            return np.ones(columns)
        place = next((place for place, each in enumerate(self.days) if each >= days), len(self.days) - 1)
        tails = [unsure(self.blocks[place], p_value) for p_value in p_values]
        return np.maximum(np.array(self.ratios[place]) * tails, 1.0)


def dependence(days: Days, columns: Sequence[Counts], *, ordered: Sequence[bool]) -> Dependence:
    """From the numbers of days that have rows, rising, and each column's counts on these, of shape (days, bins), the
    missing values last. Three stretches are enough, though they say so little that rows are then worth little."""
    found: list[tuple[int, int, tuple[float, ...]]] = []
    span = int(days[-1] - days[0]) + 1 if len(days) else 0
    for length in LENGTHS:
        starts = np.flatnonzero(np.diff(days // length, prepend=-1))
        if min(len(starts), span // length) >= (FEWEST_BLOCKS if found else FEWEST_STRETCHES):
            blocks = [np.add.reduceat(counts, starts, axis=0) for counts in columns]
            ratios = [alikeness(of, ordered=each) for of, each in zip(blocks, ordered, strict=True)]
            found.append((length, len(starts), tuple(ratios)))
    if not found:
        return Dependence(why=f"the reference covers fewer than {FEWEST_STRETCHES} weeks")
    lengths, counted, ratios_of = zip(*found, strict=True)
    return Dependence(lengths, counted, ratios_of)


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
