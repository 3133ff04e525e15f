"""Numbers: [below, bin 1 to k, above, missing], the bins being (edge, next edge] between quantiles of the reference.

Where the reference holds few values, each has a bin of its own, and so have the whole numbers that lie between them.
Else the common values have, or a quantile would merge them with their neighbours: those that hold a fiftieth of the
rows. NaN and infinities count as missing. Whole numbers that floats cannot tell apart are counted as whole numbers.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import MISSING, Counts, Group, Roles, Values
from watchkeeper.tables.layouts.ranked import InOrder, Numbers, Ranked, Sorted, ranked
from watchkeeper.tables.layouts.scale import Scale, measured, rounded, scale_of

FINE = 50
COARSE = 10
GROUPED_ALONE = 0.005
"""The part of the reference's numbers from which one of few values is a group of its own."""
BETWEEN = "values between"
LARGEST_EXACT = 2**53
"""From here on floats do not hold every whole number."""
LOWEST = np.finfo(np.float64).min


@dataclass(frozen=True)
class NumericLayout:
    """No edges: the reference had no number, and the layout is [any value, missing].

    Attributes:
        edges: whole numbers where floats would not hold them.
        discrete: each bin is one value of the reference, or lies between two.
        whole: the column holds integers.
        gaps: what lies between two values of the reference has bins of its own.
        scale: what the numbers count.
    """

    edges: tuple[float, ...]
    discrete: bool = False
    whole: bool = False
    gaps: bool = False
    scale: Scale = Scale.NUMBER

    @classmethod
    def fit(cls, values: Values, *, kind: Kind) -> tuple[Self, Counts]:
        numbers, whole = finite(values), kind is not Kind.NUMERIC
        exact = whole and pa.types.is_integer(values.type) and _inexact(numbers)
        found = InOrder.of(_whole(values)) if exact else ranked(numbers)
        layout = cls.of(found, whole=whole, scale=scale_of(values.type))
        return layout, layout.count_ranked(found, len(values))

    @classmethod
    def of(cls, numbers: Ranked, *, whole: bool, scale: Scale) -> Self:
        """A common value is one that stands at a quantile."""
        if not numbers.size:
            return cls(edges=(), discrete=True, whole=whole, scale=scale)
        few = numbers.few(FINE)
        if few is not None:
            gaps = whole or all(float(value).is_integer() and abs(value) < LARGEST_EXACT for value in few)
            return cls(_around(few, gaps=gaps), discrete=True, whole=whole or gaps, gaps=gaps, scale=scale)
        first, *steps = numbers.at(np.append(0, -(-numbers.size * np.arange(1, FINE + 1) // FINE) - 1)).tolist()
        quantiles = sorted(set(steps))
        before = [_before(quantile) for quantile in quantiles]
        up_to = numbers.up_to(np.array([*before, *quantiles]))
        rows = up_to[len(before) :] - up_to[: len(before)]
        common = (bound for bound, held in zip(before, rows.tolist(), strict=True) if held * FINE >= numbers.size)
        return cls(tuple(sorted({_before(first), *quantiles, *common})), whole=whole, scale=scale)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(
            edges=tuple(kept["edges"]),
            discrete=kept["discrete"],
            whole=kept["whole"],
            gaps=kept.get("gaps", False),
            scale=Scale(kept.get("scale", Scale.NUMBER)),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "edges": list(self.edges),
            "discrete": self.discrete,
            "whole": self.whole,
            "gaps": self.gaps,
            "scale": self.scale.value,
        }

    @property
    def size(self) -> int:
        return len(self.edges) + 2

    @property
    def lowest(self) -> float:
        """Of the reference's numbers; only where there are edges."""
        first = self.edges[0]
        return first + 1 if self.exact else min(math.nextafter(first, math.inf), self.edges[-1])

    @property
    def highest(self) -> float:
        return self.edges[-1]

    @cached_property
    def exact(self) -> bool:
        """Whether the edges are whole numbers that floats do not hold."""
        return self.whole and bool(self.edges) and all(isinstance(edge, int) for edge in self.edges)

    @cached_property
    def _cuts(self) -> Numbers:
        return np.asarray(self.edges, dtype=np.float64)

    def count(self, values: Values) -> Counts:
        exact = self.exact and pa.types.is_integer(values.type)
        return self.count_ranked(InOrder.of(_whole(values)) if exact else ranked(finite(values)), len(values))

    def places(self, values: Values) -> Counts:
        if self.exact and pa.types.is_integer(values.type):
            return self._places_of_whole(values)
        numbers = measured(values).to_numpy(zero_copy_only=False)
        found = np.searchsorted(self._cuts, numbers, side="left")
        return np.where(np.isfinite(numbers), found, self.size - 1).astype(np.int64)

    def _places_of_whole(self, values: Values) -> Counts:
        held: Any = values
        numbers = held.fill_null(0).to_numpy(zero_copy_only=False)
        below, cuts, _ = self._whole_cuts(numbers.dtype)
        missing = values.is_null().to_numpy(zero_copy_only=False)
        return np.where(missing, self.size - 1, below + np.searchsorted(cuts, numbers, side="left")).astype(np.int64)

    def count_ranked(self, numbers: Ranked, rows: int) -> Counts:
        """From the numbers among so many rows."""
        if isinstance(numbers, InOrder) and numbers.held.kind != "f":
            below, cuts, above = self._whole_cuts(numbers.held)
            up_to = np.concatenate([np.zeros(below, np.intp), numbers.up_to(cuts), np.full(above, numbers.size)])
        else:
            up_to = numbers.up_to(self._cuts)
        inside = np.diff(up_to, prepend=0, append=numbers.size)
        return np.append(inside, rows - numbers.size).astype(np.int64)

    def _whole_cuts(self, held: "np.dtype[Any]") -> tuple[int, Sorted, int]:
        """The edges that the type can hold, and how many lie below and above these."""
        ends = np.iinfo(held)
        inside = [edge for edge in self.edges if ends.min <= edge <= ends.max]
        below = sum(edge < ends.min for edge in self.edges)
        return below, np.array(inside, dtype=held), len(self.edges) - below - len(inside)

    def labels(self) -> list[str]:
        if not self.edges:
            return ["any value", MISSING]
        inner = [self._span(place, place) for place in range(1, len(self.edges))]
        low, high = self._word(self._low(1)), self._word(self.edges[-1])
        return [f"below {low}", *inner, f"above {high}", MISSING]

    def roles(self) -> Roles:
        if not self.edges:
            return Roles(ordered=True, unseen=(0,), places=(0.0,))
        inner = [self._middle(place) for place in range(1, len(self.edges))]
        places = (rounded(self.lowest), *inner, self.highest)
        return Roles(ordered=True, unseen=(0, len(self.edges)), places=places)

    def groups(self, reference: Sequence[int]) -> list[Group]:
        """Some ten groups of about equal mass, below and above in those at the ends; a heavy bin stays alone. Of few
        values each is one, the rarer ones with their neighbours, and what lies between them another.

        What varies about a constant would vanish in its one group, so there below and above stand by themselves.
        """
        last = len(self.edges)
        missing = Group(MISSING, (self.size - 1,))
        if last <= 2:
            return [*(Group(label, (place,)) for place, label in enumerate(self.labels()[:-1])), missing]
        counts = np.asarray(reference[1:last])
        between = tuple((np.flatnonzero(counts == 0) + 1).tolist()) if self.gaps else ()
        runs = self._values(counts) if self.discrete else self._runs(counts)
        groups = [
            Group(
                label=self._group_label(run[0], run[-1]),
                bins=(*((0,) if run[0] == 1 else ()), *run, *((last,) if run[-1] == last - 1 else ())),
                ends=self._ends(run[0], run[-1]),
            )
            for run in runs
        ]
        return [*groups, *([Group(BETWEEN, between)] if between else []), missing]

    def _ends(self, first: int, last: int) -> tuple[float, float] | None:
        """None where numbers on an axis would not say what they are."""
        if self.exact or self.scale is not Scale.NUMBER:
            return None
        return rounded(self.edges[first - 1]), rounded(self.edges[last])

    def _values(self, counts: Counts) -> list[list[int]]:
        """The bins of the common values, one each; neighbours that are rarer are together."""
        held = [place for place in range(1, len(counts) + 1) if counts[place - 1] or not self.gaps]
        least = GROUPED_ALONE * int(counts.sum())
        return [list(run) for _, run in groupby(held, key=lambda place: place if counts[place - 1] >= least else -1)]

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
        if self.exact:
            return below + 1
        if (self.discrete and not self.gaps) or below == math.nextafter(top, -math.inf):
            return top
        return math.floor(below) + 1.0 if self.whole else below

    def _middle(self, place: int) -> float:
        low, top = self._low(place), self.edges[place]
        return (low + top) // 2 if self.exact else low / 2 + top / 2

    def _word(self, number: float) -> str:
        return self.scale.write(number)

    def _span(self, first: int, last: int) -> str:
        low, high = self._word(self._low(first)), self._word(self.edges[last])
        return high if low == high else f"{low} to {high}"

    def _group_label(self, first: int, last: int) -> str:
        if self.discrete:
            return self._span(first, last)
        if first == 1:
            return f"up to {self._word(self.edges[last])}"
        if last == len(self.edges) - 1:
            low = self._low(first)
            return f"over {self._word(low)}" if low == self.edges[first - 1] else f"{self._word(low)} and over"
        return self._span(first, last)


def finite(values: Values) -> Numbers:
    """Those of a column, none of them a negative zero."""
    numbers = np.asarray(measured(values).drop_null().to_numpy(zero_copy_only=False), dtype=np.float64)
    held = np.isfinite(numbers)
    return (numbers if held.all() else numbers[held]) + 0.0


def _whole(values: Values) -> npt.NDArray[Any]:
    return np.asarray(values.drop_null().to_numpy(zero_copy_only=False))


def _inexact(numbers: Numbers) -> bool:
    return bool(numbers.size and np.abs(numbers).max() >= LARGEST_EXACT)


def _before(number: float) -> float:
    """The largest that is smaller."""
    return number - 1 if isinstance(number, int) else float(np.nextafter(number, LOWEST))


def _around(few: Sequence[float], *, gaps: bool) -> tuple[float, ...]:
    """The edges that set each of a few rising values apart, and what lies between where it is whole numbers."""
    edges = [_before(few[0]), few[0]]
    for before, value in pairwise(few):
        edges += [value - 1, value] if gaps and value - before > 1 else [value]
    return tuple(edges)
