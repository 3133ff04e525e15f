"""A deployment's declared segment: the feature by whose values rows are counted apart, and what its segments are.

At most fifty segments have a name: the most frequent values of the reference first, then those that came first. All
others are counted together, and missing values are a segment of their own.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from typing import Any

MOST = 50
"""Segments that are counted by name."""
OTHER, MISSING = MOST, MOST + 1
"""The places of what has no name."""
PLACES = MOST + 2
WORDS = {OTHER: "other", MISSING: "missing"}
LONGEST_NAME = 200
NOT_LOOKED, COUNTED, GONE, HIDDEN = "not looked at yet", "counted", "gone", "hidden"
"""What is known of the reference by segment; of a hidden column nobody is to know the values any more."""
FEATURES = "features"
"""As whose reference the features' is kept."""


@dataclass(frozen=True)
class SegmentSaid:
    """The column as somebody declared it; None where there is none from then on."""

    column: str | None
    since: datetime
    set_by: str


@dataclass(frozen=True)
class Segmented:
    """A column by which rows are counted apart.

    Attributes:
        number: that of the column, by which its counts are kept.
        names: of the segments, by place.
        of_reference: how many of the names the reference has given.
        reference: whether it is counted by segment.
    """

    number: int
    column: str
    names: tuple[str, ...] = ()
    of_reference: int = 0
    reference: str = NOT_LOOKED

    def place(self, value: Any) -> int:
        word = word_of(value)
        if word is None:
            return MISSING
        try:
            return self.names.index(word)
        except ValueError:
            return OTHER

    def with_names(self, values: Iterable[Any]) -> "Segmented":
        """As long as there is room, values that have no name yet get one, in the order in which they come."""
        names = dict.fromkeys(self.names)
        for value in values:
            if len(names) == MOST:
                break
            word = word_of(value)
            if word is not None:
                names.setdefault(word)
        return self if len(names) == len(self.names) else replace(self, names=tuple(names))

    def hidden(self) -> "Segmented":
        """Without its names, for good."""
        return replace(self, names=tuple(f"hidden {number + 1}" for number in range(len(self.names))), reference=HIDDEN)

    @property
    def that_came(self) -> frozenset[str]:
        """The names that rows have given, and not the reference."""
        return frozenset(self.names[self.of_reference :])

    def without(self, names: Collection[str]) -> "Segmented":
        """With a word in the place of these names."""
        kept = (f"erased {n + 1}" if name in names else name for n, name in enumerate(self.names))
        return replace(self, names=tuple(kept))

    def labels(self) -> list[str]:
        """By place; a name that is empty, or like the word for what has none, stands in quotes."""
        ours = {*WORDS.values(), ""}
        named = [f"'{name}'" if name in ours else name for name in self.names]
        return [*named, *[""] * (MOST - len(named)), *WORDS.values()]


def word_of(value: Any) -> str | None:
    """Under which name a value is counted; None where it is missing."""
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return str(value)[:LONGEST_NAME]


def in_force(said: Sequence[SegmentSaid], *, at: datetime | None = None) -> str | None:
    """Of all that was said, newest first, the column that holds, or held at that time."""
    return next((each.column for each in said if at is None or each.since <= at), None)
