"""Counting distinct values in bounded memory, with the same answer whatever the order of the rows."""

from hashlib import blake2b
from itertools import islice
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

MOST = 100_000
"""Distinct values that are counted one by one."""
DECIMAL = r"^\s*[+-]?[0-9]*\.[0-9]+([eE][+-]?[0-9]+)?\s*$"
LONGEST = 200
"""Characters that are kept of a text; a longer one is told from others by its digest."""


class Tally:
    """How often each text occurs.

    Beyond MOST distinct texts it keeps every second of them, then every fourth and so on, chosen by a hash, each with
    all of its rows: what is said of their share then holds for a sample of the distinct values.
    """

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._counts: dict[str, int] = {}
        self._halvings = 0
        self._characters = 0
        self.rows = 0
        self.longest = 0
        self.spaced = False
        """Whether a value has a space in it."""
        self.decimals = 0
        """Rows whose text is a number with decimal places."""

    def add(self, values: "pa.Array[Any]") -> None:
        present = values.drop_null()
        if not len(present):
            return
        found = pc.value_counts(present)
        lengths = pc.call_function("utf8_length", [present])
        self.rows += len(present)
        self._characters += pc.sum(lengths).as_py()
        self.longest = max(self.longest, pc.max(lengths).as_py())
        self.spaced = self.spaced or bool(pc.any(pc.match_substring_regex(found.field(0), r"\s")).as_py())
        decimal = pc.match_substring_regex(found.field(0), DECIMAL)
        self.decimals += pc.sum(found.field(1).filter(decimal)).as_py() or 0
        self._count(_listed(found.field(0)), _listed(found.field(1)))

    @property
    def exact(self) -> bool:
        return not self._halvings

    @property
    def distinct(self) -> int:
        """How many; where this is not exact, that there are more than so many."""
        return len(self._counts) if self.exact else self._most

    @property
    def share_distinct(self) -> float:
        """Distinct values for each row, at most 1; 0 without a row."""
        rows = sum(self._counts.values())
        return len(self._counts) / rows if rows else 0.0

    @property
    def all_distinct(self) -> bool:
        return self.share_distinct == 1.0

    @property
    def mean_length(self) -> float:
        return self._characters / self.rows if self.rows else 0.0

    def commonest(self, count: int) -> list[tuple[str, int]]:
        """Most frequent first, equals by name, long ones cut short; none where the counts are not exact."""
        ranked = sorted(self._counts.items(), key=lambda each: (-each[1], each[0])) if self.exact else []
        return [(text[:LONGEST], times) for text, times in islice(ranked, count)]

    def _count(self, texts: list[str], counts: list[int]) -> None:
        for text, count in zip(map(_key, texts), counts, strict=True):
            if self.exact or self._is_kept(text):
                self._counts[text] = self._counts.get(text, 0) + count
        while len(self._counts) > self._most and self._halvings < 32:
            self._halvings += 1
            self._counts = {text: count for text, count in self._counts.items() if self._is_kept(text)}

    def _is_kept(self, text: str) -> bool:
        return not crc32(text.encode()) & ((1 << self._halvings) - 1)


def _key(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + blake2b(text.encode(), digest_size=16).hexdigest()


def _listed(values: "pa.Array[Any]") -> list[Any]:
    return values.to_pylist()


class DistinctNumbers:
    """How many different numbers there are, exactly up to MOST."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._known: npt.NDArray[Any] | None = None
        self.exact = True

    def add(self, numbers: npt.NDArray[Any]) -> None:
        if not self.exact:
            return
        found = np.unique(numbers)
        self._known = found if self._known is None else np.union1d(self._known, found)
        if self._known.size > self._most:
            self.exact, self._known = False, None

    @property
    def distinct(self) -> int:
        """How many; where this is not exact, that there are more than so many."""
        if not self.exact:
            return self._most
        return 0 if self._known is None else int(self._known.size)
