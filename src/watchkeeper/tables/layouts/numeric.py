"""Numbers: [below, bin 1 to k, above, missing], the bins being (edge, next edge] between quantiles of the reference.

Common values have bins of their own, or a quantile would merge them with their neighbours: all of them where there are
few, else those that hold a fiftieth of the rows. NaN and infinities count as missing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import MISSING, Counts, Group, Roles, Values

FINE = 50
COARSE = 10
Numbers = npt.NDArray[np.float64]
LOWEST = np.finfo(np.float64).min


@dataclass(frozen=True)
class NumericLayout:
    """`discrete`: each bin is one value of the reference; `whole`: the column holds integers. No edges: the reference
    had no number, and the layout is [any value, missing]."""

    edges: tuple[float, ...]
    discrete: bool = False
    whole: bool = False

    @classmethod
    def fit(cls, values: Values, *, kind: Kind) -> tuple[Self, Counts]:
        numbers = in_order(values)
        edges, discrete = _edges(numbers)
        layout = cls(edges=edges, discrete=discrete, whole=kind is not Kind.NUMERIC)
        return layout, layout._counted(numbers, len(values))

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(edges=tuple(kept["edges"]), discrete=kept["discrete"], whole=kept["whole"])

    def to_json(self) -> dict[str, Any]:
        return {"edges": list(self.edges), "discrete": self.discrete, "whole": self.whole}

    @property
    def size(self) -> int:
        return len(self.edges) + 2

    @cached_property
    def _cuts(self) -> Numbers:
        return np.asarray(self.edges, dtype=np.float64)

    def count(self, values: Values) -> Counts:
        return self._counted(in_order(values), len(values))

    def places(self, values: Values) -> Counts:
        numbers = values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        found = np.searchsorted(self._cuts, numbers, side="left")
        return np.where(np.isfinite(numbers), found, self.size - 1).astype(np.int64)

    def _counted(self, numbers: Numbers, rows: int) -> Counts:
        """From numbers in order."""
        up_to = np.searchsorted(numbers, self._cuts, side="right")
        inside = np.diff(up_to, prepend=0, append=numbers.size)
        return np.append(inside, rows - numbers.size).astype(np.int64)

    def labels(self) -> list[str]:
        if not self.edges:
            return ["any value", MISSING]
        inner = [self._span(place, place) for place in range(1, len(self.edges))]
        low, high = _word(self._low(1)), _word(self.edges[-1])
        return [f"below {low}", *inner, f"above {high}", MISSING]

    def roles(self) -> Roles:
        if not self.edges:
            return Roles(ordered=True, unseen=(0,), places=(0.0,))
        middles = self._cuts[1:] if self.discrete else self._cuts[:-1] / 2 + self._cuts[1:] / 2
        ends = (_rounded(self.edges[0]), self.edges[-1])
        return Roles(ordered=True, unseen=(0, len(self.edges)), places=(ends[0], *middles.tolist(), ends[1]))

    def groups(self, reference: Sequence[int]) -> list[Group]:
        """Some ten groups of about equal mass, below and above in those at the ends; a heavy bin stays alone.

        What varies about a constant would vanish in its one group, so there below and above stand by themselves.
        """
        last = len(self.edges)
        missing = Group(MISSING, (self.size - 1,))
        if last <= 2:
            return [*(Group(label, (place,)) for place, label in enumerate(self.labels()[:-1])), missing]
        runs = self._runs(np.asarray(reference[1:last]))
        groups = [
            Group(
                label=self._group_label(run[0], run[-1]),
                bins=(*((0,) if run[0] == 1 else ()), *run, *((last,) if run[-1] == last - 1 else ())),
                ends=(_rounded(self.edges[run[0] - 1]), _rounded(self.edges[run[-1]])),
            )
            for run in runs
        ]
        return [*groups, missing]

    def _runs(self, counts: Counts) -> list[list[int]]:
        """Neighbouring bins whose middles lie in the same tenth; a bin without rows joins the one before it."""
        total = int(counts.sum())
        middles = np.cumsum(counts) - counts / 2
        keys: list[tuple[int, int]] = []
        for place, (count, middle) in enumerate(zip(counts.tolist(), middles.tolist(), strict=True)):
            tenth = int(COARSE * middle / total) if total else 0
            heavy = place if count * COARSE >= total else -1
            keys.append(keys[-1] if keys and not count else (tenth, heavy))
        places = range(1, len(keys) + 1)
        return [list(run) for _, run in groupby(places, key=lambda place: keys[place - 1])]

    def _low(self, place: int) -> float:
        """The lowest value of a bin, or the bound that it lies above."""
        below, top = self.edges[place - 1], self.edges[place]
        if self.discrete or below == math.nextafter(top, -math.inf):
            return top
        return math.floor(below) + 1.0 if self.whole else below

    def _span(self, first: int, last: int) -> str:
        low, high = _word(self._low(first)), _word(self.edges[last])
        return high if low == high else f"{low} to {high}"

    def _group_label(self, first: int, last: int) -> str:
        if self.discrete:
            return self._span(first, last)
        if first == 1:
            return f"up to {_word(self.edges[last])}"
        if last == len(self.edges) - 1:
            low = self._low(first)
            return f"over {_word(low)}" if low == self.edges[first - 1] else f"{_word(low)} and over"
        return self._span(first, last)


def in_order(values: Values) -> Numbers:
    """The finite ones. Sorting is vectorised, and then fifty searches do; a search for each value costs six times as
    much."""
    numbers = values.cast(pa.float64(), safe=False).drop_null().to_numpy(zero_copy_only=False)
    found = np.sort(np.asarray(numbers, dtype=np.float64))  # NaN comes last
    return found[np.searchsorted(found, -np.inf, side="right") : np.searchsorted(found, np.inf)]


def _edges(numbers: Numbers) -> tuple[tuple[float, ...], bool]:
    """From numbers in order; and whether each bin is one value. A common value is one that stands at a quantile."""
    if not numbers.size:
        return (), True
    changes = numbers[1:] != numbers[:-1]
    lowest = np.nextafter(numbers[0], LOWEST)
    if np.count_nonzero(changes) < FINE:
        return (float(lowest), float(numbers[0]), *numbers[1:][changes].tolist()), True
    quantiles = np.unique(numbers[-(-numbers.size * np.arange(1, FINE + 1) // FINE) - 1])
    rows = np.searchsorted(numbers, quantiles, side="right") - np.searchsorted(numbers, quantiles)
    common = np.nextafter(quantiles[rows * FINE >= numbers.size], LOWEST)
    return tuple(np.unique(np.concatenate([[lowest], quantiles, common])).tolist()), False


def _rounded(edge: float) -> float:
    """An edge to show: without the hair's breadth that sets a common value apart."""
    return float(f"{edge:.12g}") if abs(edge) > np.finfo(np.float64).tiny else 0.0


def _word(number: float) -> str:
    if abs(number) >= 1e15 or 0 < abs(number) < 1e-4:
        return f"{_rounded(number):.6g}"
    digits = number if number.is_integer() else float(f"{number:.6g}")
    return np.format_float_positional(digits, trim="-")
