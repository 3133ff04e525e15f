"""The effect of a level or a truth value: a height each; what is rare shares one, what is missing or new another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from watchkeeper.learning.arrays import Ints, Numbers, Rows
from watchkeeper.learning.encoding import Encoder

MOST_LEVELS = 50


@dataclass(frozen=True)
class Table:
    """`heights`: those of the first levels, then of the rarer ones, then of a missing value."""

    place: int
    heights: Numbers

    def of(self, rows: Rows, encoder: Encoder) -> Numbers:  # noqa: ARG002
        found: Numbers = self.heights.take(_entries(rows.values[self.place], self.heights.size - 2))
        return found

    def to_json(self) -> dict[str, Any]:
        return {"kind": "table", "place": self.place, "heights": self.heights.tolist()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(kept["place"], np.array(kept["heights"], dtype=np.float64))


@dataclass(frozen=True)
class TableTerm:
    """Columns: one an entry of the table."""

    place: int
    levels: int

    @classmethod
    def fit(cls, place: int, levels: int) -> Self:
        return cls(place, min(levels, MOST_LEVELS))

    @property
    def width(self) -> int:
        return self.levels + 2

    def fill(self, design: Numbers, rows: Rows, encoder: Encoder) -> None:  # noqa: ARG002
        design[np.arange(len(rows)), _entries(rows.values[self.place], self.levels)] = 1.0

    def weighted(self, weights: Numbers) -> Table:
        return Table(self.place, weights)


def _entries(codes: Numbers, levels: int) -> Ints:
    return np.where(np.isnan(codes), levels + 1, np.minimum(codes, levels)).astype(np.int64)
