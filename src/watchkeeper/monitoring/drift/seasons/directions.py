"""In which directions columns may have moved: each has a p-value of its own, and rows are worth another number in each.

A direction is a score of the bins: for numbers the normal scores of location and of spread, for levels whether it is
that one. A mean score of the window, less that of the reweighted reference, is 0 without drift whatever the season
does, so it takes but its variance to judge it; and that differs from one direction to the next.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

import numpy as np
from scipy import sparse

from watchkeeper.monitoring.drift import scores
from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats
from watchkeeper.tables.bins import BinSet
from watchkeeper.tables.layouts.layout import Roles

HELD = 0.005
"""The share of the reference's rows from which it is looked at how alike they are."""


class Kind(IntEnum):
    """What a direction tells of."""

    LOCATION = 0
    SPREAD = 1
    LEVEL = 2
    MISSING = 3
    UNSEEN = 4


@dataclass(frozen=True)
class Direction:
    """`score` is of a column's bins, of shape (bins,), the missing values' last; `place` which level it is of."""

    kind: Kind
    score: Floats
    place: int = -1


@dataclass(frozen=True)
class Directions:
    """Of all columns, one after the other.

    Attributes:
        scores: of all columns' bins end to end, of shape (directions, bins).
        column: which one each is of, of shape (directions,).
        kind: the same of its kind.
        place: the same of the level, or -1.
        by_day: of which columns the reference holds what is most like the never seen too seldom to tell, of shape
            (columns,).
    """

    scores: "sparse.csr_matrix"
    column: Counts
    kind: Counts
    place: Counts
    by_day: Flags

    @classmethod
    def of(cls, bin_sets: Sequence[BinSet], totals: Counts) -> Self:
        """From the reference's counts, end to end."""
        starts = np.cumsum([0, *(bins.size for bins in bin_sets)])
        parts = np.split(totals, starts[1:-1])
        found = [list(directions_of(*of)) for of in zip(bin_sets, parts, strict=True)]
        flat = [(column, each) for column, of_column in enumerate(found) for each in of_column]
        held = [np.flatnonzero(each.score) for _, each in flat]
        sizes = np.array([places.size for places in held], dtype=np.int64)
        places = [places + starts[column] for places, (column, _) in zip(held, flat, strict=True)]
        values = [each.score[of] for of, (_, each) in zip(held, flat, strict=True)]
        shape = (len(flat), int(starts[-1]))
        return cls(
            sparse.csr_matrix((_joined(values), _joined(places), np.append(0, np.cumsum(sizes))), shape=shape),
            np.array([column for column, _ in flat], dtype=np.int64),
            np.array([each.kind for _, each in flat], dtype=np.int64),
            np.array([each.place for _, each in flat], dtype=np.int64),
            np.array(
                [_seldom(*of) for of in zip(bin_sets, np.split(totals, starts[1:-1]), strict=True)], dtype=np.bool_
            ),
        )

    def __len__(self) -> int:
        return self.column.size

    def sums(self, counts: Counts) -> Floats:
        """Of shape (directions, ...) from (..., bins)."""
        found: Floats = self.scores @ counts.T
        return found

    def squares(self, counts: Counts) -> Floats:
        found: Floats = self.scores.power(2) @ counts.T
        return found


def directions_of(bins: BinSet, total: Counts) -> Iterator[Direction]:
    """From the reference's counts of shape (bins,)."""
    roles, present = bins.layout.roles(), total[:-1]
    if roles.ordered:
        for kind, of in ((Kind.LOCATION, scores.location), (Kind.SPREAD, scores.spread)):
            score = of(present[np.newaxis])[0]
            outwards = _outwards(score, present, roles) if kind is Kind.LOCATION else score
            yield Direction(kind, np.append(outwards, 0.0))
    else:
        for place, cells in enumerate(_levels(bins)):
            if present[cells].sum() >= max(HELD * present.sum(), 1):
                yield Direction(Kind.LEVEL, _is_in(cells, total.size), place)
    if total[-1] >= HELD * total.sum() and total[-1]:
        yield Direction(Kind.MISSING, _is_in([-1], total.size))
    for place in _nearest(present, roles):
        if present[place] >= HELD * present.sum():
            yield Direction(Kind.UNSEEN, _is_in([place], total.size))


def _levels(bins: BinSet) -> list[list[int]]:
    """The bins of what is compared of a column: each by itself, or groups of them."""
    return bins.groups()[:-1] if bins.layout.roles().grouped else [[place] for place in range(bins.size - 1)]


def _nearest(present: Counts, roles: Roles) -> list[int]:
    """The bins that are most like what was never held: the outermost ones of numbers, the rare levels."""
    if not roles.ordered:
        return [place for place in roles.rare if place not in roles.unseen]
    held = np.flatnonzero(present)
    return [int(held[0]), int(held[-1])] if held.size else []


def _seldom(bins: BinSet, total: Counts) -> bool:
    present = total[:-1]
    nearest = _nearest(present, bins.layout.roles())
    return not nearest or any(present[place] < HELD * present.sum() for place in nearest)


def _is_in(places: Sequence[int], size: int) -> Floats:
    found = np.zeros(size)
    found[list(places)] = 1.0
    return found


def _outwards(score: Floats, total: Counts, roles: Roles) -> Floats:
    """What lies beyond the reference's range counts as what lies at its end."""
    held = np.flatnonzero(total)
    if not held.size:
        return score
    places = np.clip(np.arange(score.size), held[0], held[-1])
    unseen = np.isin(np.arange(score.size), roles.unseen)
    return np.where(unseen, score[places], score)


def _joined(parts: Sequence[Any]) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0)
