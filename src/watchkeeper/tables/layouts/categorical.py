"""Levels: [the common levels, other, new, missing].

A level is kept with five reference rows, the commonest some two thousand of them; `other` is the reference's rarer
levels, `new` what the reference never held. Of the rarer levels so many are listed; where there were more, what is not
listed cannot be told from them, so it counts as other and new stays empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import MISSING, Counts, Group, Roles, Values

FEWEST_ROWS = 5
MOST_LEVELS = 2_000
MOST_RARE = 5_000
GROUPED_ALONE = 0.005
FEWEST_OF_PART = 20
"""Reference rows of a part of the rarer levels."""
MOST_OTHER = 0.005
"""The part of the reference's values in `other` up to which rarer levels are told apart: what has a bin was there often
by luck, and what has none seldom, so that beside each other they would differ without drift."""
OTHER, NEW = "other", "new"


@dataclass(frozen=True)
class CategoricalLayout:
    """`once` and `twice` are how many levels the reference held so often, which tells how many new ones to expect."""

    levels: tuple[str, ...]
    rare: tuple[str, ...] = ()
    rare_listed: bool = True
    once: int = 0
    twice: int = 0

    @classmethod
    def fit(cls, values: Values, *, kind: Kind) -> tuple[Self, Counts]:  # noqa: ARG003
        distinct, counts = _tally(values)
        # Commonest first, equals by name, so that the same rows in any order give the same bins.
        names = pc.sort_indices(distinct).to_numpy()
        ranked = names[np.argsort(-counts[names], kind="stable")]
        kept = ranked[:MOST_LEVELS][counts[ranked[:MOST_LEVELS]] >= FEWEST_ROWS]
        rare = ranked[kept.size :]
        listed = rare.size <= MOST_RARE
        layout = cls(
            levels=tuple(map(str, distinct.take(pa.array(kept)).to_pylist())),
            rare=tuple(map(str, distinct.take(pa.array(rare)).to_pylist())) if listed else (),
            rare_listed=listed,
            once=int((counts == 1).sum()),
            twice=int((counts == 2).sum()),
        )
        present = [*counts[kept].tolist(), int(counts[rare].sum()), 0]
        return layout, np.array([*present, len(values) - int(counts.sum())], dtype=np.int64)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**{**kept, "levels": tuple(kept["levels"]), "rare": tuple(kept["rare"])})

    def to_json(self) -> dict[str, Any]:
        return {
            "levels": list(self.levels),
            "rare": list(self.rare),
            "rare_listed": self.rare_listed,
            "once": self.once,
            "twice": self.twice,
        }

    @property
    def size(self) -> int:
        return len(self.levels) + 3

    @cached_property
    def _known(self) -> pa.StringArray:
        return pa.array([*self.levels, *self.rare], pa.string())

    def count(self, values: Values) -> Counts:
        distinct, counts = _tally(values)
        tallied = np.zeros(self.size, dtype=np.int64)
        np.add.at(tallied, self._bins(distinct), counts)
        tallied[-1] = len(values) - counts.sum()
        return tallied

    def places(self, values: Values) -> Counts:
        words = values.cast(pa.string())
        missing = pc.is_null(words).to_numpy(zero_copy_only=False)
        return np.where(missing, self.size - 1, self._bins(words))

    def _bins(self, words: Values) -> Counts:
        other = len(self.levels)
        unknown = other + 1 if self.rare_listed else other
        found = pc.index_in(words, value_set=self._known).to_numpy(zero_copy_only=False)
        known = np.isfinite(found)
        return np.where(known, np.minimum(np.where(known, found, 0), other), unknown).astype(np.int64)

    def labels(self) -> list[str]:
        """A level that is called like one of the other bins stands in quotes."""
        ours = {OTHER, NEW, MISSING}
        return [*(f"'{level}'" if level in ours else level for level in self.levels), OTHER, NEW, MISSING]

    def roles(self) -> Roles:
        other = len(self.levels)
        unseen = (other + 1,) if self.rare_listed else ()
        return Roles(unseen=unseen, rare=(other, other + 1), once=self.once, twice=self.twice)

    def groups(self, reference: Sequence[int]) -> list[Group]:
        """Each level that holds half a percent of the reference's present values; the rest with other."""
        labels, other = self.labels(), len(self.levels)
        present = sum(reference[:-1])
        alone = [place for place in range(other) if reference[place] >= GROUPED_ALONE * present]
        rest = tuple(place for place in range(other) if reference[place] < GROUPED_ALONE * present)
        return [
            *(Group(labels[place], (place,)) for place in alone),
            Group(OTHER, (*rest, other)),
            Group(NEW, (other + 1,)),
            Group(MISSING, (other + 2,)),
        ]

    def parts(self, reference: Sequence[int]) -> list[list[int]]:
        """The groups, the rarer levels told apart by a hash of their names: some could else take the place of others
        and nothing be seen."""
        *alone, other, new, missing = (list(group.bins) for group in self.groups(reference))
        present, rest = sum(reference[:-1]), other[:-1]
        rows = sum(reference[place] for place in rest)
        count = int(min(rows / (GROUPED_ALONE * present), rows / FEWEST_OF_PART)) if rows else 0
        if count < 2 or reference[other[-1]] > MOST_OTHER * present:
            return [*alone, other, new, missing]
        parts: dict[int, list[int]] = {}
        for place in rest:
            parts.setdefault(crc32(self.levels[place].encode()) % count, []).append(place)
        return [*alone, *parts.values(), other[-1:], new, missing]


def _tally(values: Values) -> tuple["pa.Array[Any]", Counts]:
    found = pc.value_counts(values.cast(pa.string()).drop_null())
    return found.field(0), np.asarray(found.field(1).to_numpy(), dtype=np.int64)
