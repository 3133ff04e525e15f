"""Some thousand rows of a column at most, as numbers or as words."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import Values
from watchkeeper.tables.layouts.scale import measured

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
MOST_ROWS = 4_000
MICROSECONDS_AN_HOUR = 3.6e9
MEASURED = frozenset({Kind.NUMERIC, Kind.INTEGER})
IN_WORDS = frozenset({Kind.CATEGORICAL, Kind.BOOLEAN})


@dataclass(frozen=True)
class Sample:
    """`values` are numbers, or words where the kind is one of levels; of moments the hour of the day, of text the
    length. `missing` says which rows hold none; NaN and infinities are missing. Rows of a table's samples belong
    together."""

    kind: Kind
    values: npt.NDArray[Any]
    missing: Flags

    @classmethod
    def of(cls, kind: Kind, values: Values) -> Self:
        if kind in IN_WORDS:
            words = values.cast(pa.string())
            missing = np.asarray(words.is_null().to_numpy(zero_copy_only=False))
            filled: Any = pc.fill_null(words, pa.scalar(""))
            return cls(kind, np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.str_), missing)
        numbers = _numbers(kind, values)
        missing = ~np.isfinite(numbers)
        return cls(kind, np.where(missing, 0.0, numbers), missing)

    @property
    def rows(self) -> int:
        return len(self.values)

    @property
    def is_measured(self) -> bool:
        return self.kind in MEASURED

    @property
    def in_words(self) -> bool:
        return self.kind in IN_WORDS

    @property
    def share_missing(self) -> float:
        return float(self.missing.mean()) if self.rows else 0.0

    @cached_property
    def present(self) -> npt.NDArray[Any]:
        """In order of size."""
        return np.sort(self.values[~self.missing])

    @cached_property
    def tallied(self) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
        """The values that are present, each once and rising, and how many rows hold them."""
        values, counts = np.unique(self.present, return_counts=True)
        return values, counts.astype(np.int64)

    def count(self, value: Any) -> int:
        return int(np.count_nonzero(self.present == value))

    def without(self, value: Any) -> Self:
        """The rows that hold the value hold none."""
        return type(self)(self.kind, self.values, self.missing | (self.values == value))

    def of_values(self) -> Self:
        """The rows that hold one."""
        return type(self)(self.kind, self.values[~self.missing], self.missing[~self.missing])

    def share(self, value: Any) -> float:
        return self.count(value) / self.rows if self.rows else 0.0

    def share_of_values(self, value: Any) -> float:
        """Of the rows that hold one."""
        return self.count(value) / self.present.size if self.present.size else 0.0


def places(rows: int) -> npt.NDArray[np.int64]:
    """Of the rows to take: all, or some thousand at equal distances."""
    return np.unique(np.linspace(0, rows - 1, min(rows, MOST_ROWS)).astype(np.int64)) if rows else np.zeros(0, np.int64)


def _numbers(kind: Kind, values: Values) -> Floats:
    found: Any = values
    if kind is Kind.TIMESTAMP:
        zone = values.type.tz if pa.types.is_timestamp(values.type) else None
        found = values.cast(pa.timestamp("us", zone), safe=False).cast(pa.int64())
    elif kind is Kind.TEXT:
        found = pc.call_function("utf8_length", [values.cast(pa.string())])
    floats: Any = measured(found)
    numbers = np.asarray(floats.fill_null(np.nan).to_numpy(zero_copy_only=False), dtype=np.float64)
    return numbers / MICROSECONDS_AN_HOUR % 24 if kind is Kind.TIMESTAMP else numbers
