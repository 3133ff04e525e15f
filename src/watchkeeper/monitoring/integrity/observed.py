"""One column over a stretch of rows: its counts, and what counts in bins can't tell."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.tables.bins import BinSet
from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import Counts, Values
from watchkeeper.tables.layouts.scale import measured

COUNTABLE = frozenset({Kind.INTEGER, Kind.CATEGORICAL, Kind.TEXT})
"""Kinds of which values may be meant to stand once; measurements and moments differ by chance."""
MICROSECONDS = 1e6


@dataclass(frozen=True)
class Observed:
    """Attributes:
    bins: those of the reference.
    counts: in these bins, the missing values last.
    repeated: how many values stood before already; None where nobody looked.
    newest: the newest moment, in seconds since 1970; None without one.
    gap: the longest time between two moments that follow each other, in seconds; None without two.
    lowest: the smallest finite number; None of what are no numbers, and where nobody looked.
    highest: the largest one.
    """

    bins: BinSet
    counts: Counts
    repeated: int | None = None
    newest: float | None = None
    gap: float | None = None
    lowest: float | None = None
    highest: float | None = None

    @property
    def rows(self) -> int:
        return int(self.counts.sum())

    @property
    def missing(self) -> int:
        return int(self.counts[-1])

    @property
    def present(self) -> int:
        return self.rows - self.missing

    @classmethod
    def of(cls, bins: BinSet, values: Values) -> Self:
        """From the values themselves, in any order."""
        kind = bins.column.kind
        newest, gap = _moments(values) if kind is Kind.TIMESTAMP else (None, None)
        again = repeated(values) if kind in COUNTABLE else None
        lowest, highest = ends(values) if kind in {Kind.NUMERIC, Kind.INTEGER} else (None, None)
        return cls(bins, bins.count(values), again, newest, gap, lowest, highest)


def ends(numbers: Values) -> tuple[float | None, float | None]:
    """The smallest and the largest of the finite ones."""
    if pa.types.is_integer(numbers.type):
        whole: Any = pc.min_max(numbers).as_py()
        return whole["min"], whole["max"]
    floats = measured(numbers)
    found: Any = pc.min_max(floats.filter(pc.call_function("is_finite", [floats]))).as_py()
    return found["min"], found["max"]


def repeated(values: Values) -> int:
    """How many hold what one before them holds."""
    present = values.drop_null()
    return len(present) - int(pc.count_distinct(present).as_py())


def _moments(values: Values) -> tuple[float | None, float | None]:
    zone = values.type.tz if pa.types.is_timestamp(values.type) else None
    known = values.cast(pa.timestamp("us", zone), safe=False).cast(pa.int64()).drop_null()
    moments = np.unique(np.asarray(known.to_numpy(zero_copy_only=False)))
    newest = float(moments[-1]) / MICROSECONDS if moments.size else None
    gap = float(np.diff(moments).max()) / MICROSECONDS if moments.size > 1 else None
    return newest, gap
