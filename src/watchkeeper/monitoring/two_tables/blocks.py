"""Stretches of the reference's time that are as long as the window, or a week at least."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.monitoring.drift.dependence import FEWEST_BLOCKS
from watchkeeper.monitoring.two_tables.moments import times, too_short
from watchkeeper.monitoring.two_tables.source import Source, Values
from watchkeeper.tables.bins import BinSet
from watchkeeper.tables.layouts.layout import Counts

DAY = 86_400_000_000
SHORTEST = 7 * DAY
"""A day's blocks would see no more than what is alike within a day."""


@dataclass(frozen=True)
class Blocks:
    """`order` sorts the reference's rows by time; a block ends before each of `ends` of them. Rows without a time are
    in none."""

    order: "pa.Array[Any]"
    ends: npt.NDArray[np.int64]
    days: float

    def __len__(self) -> int:
        return len(self.ends)

    def count(self, bins: BinSet, values: Values) -> Counts:
        """Of shape (blocks, bins)."""
        sorted_ = values.take(self.order)
        starts = [0, *self.ends[:-1].tolist()]
        parts = zip(starts, self.ends.tolist(), strict=True)
        return np.stack([bins.count(sorted_.slice(start, end - start)) for start, end in parts])


def blocks(before: Source, now: Source, at: str) -> Blocks:
    """Raises NoTimes where `at` does not tell when the rows of both happened, or the reference is too short."""
    was, is_ = moments(before, at, called="reference"), moments(now, at, called="current table")
    span, window = _span(was), _span(is_)
    length = max(SHORTEST, min(window, span // FEWEST_BLOCKS))
    if span < FEWEST_BLOCKS * SHORTEST:
        raise too_short(span / DAY, at)
    order = pc.array_sort_indices(pa.array(was, from_pandas=True))
    known = np.sort(was[was != MISSING])
    order = order.slice(0, known.size)
    # A block is a stretch that has rows, so that a gap makes none; what is left over joins the last one.
    held, after = np.unique((known - known[0]) // length, return_index=True)
    ends = np.append(after[1:], known.size)
    if held.size > span // length:
        ends = np.delete(ends, -2)
    return Blocks(order=order, ends=ends.astype(np.int64), days=length / DAY)


MISSING = np.iinfo(np.int64).max
"""Stands for a row without a time, after all others."""


def moments(of: Source, at: str, *, called: str) -> npt.NDArray[np.int64]:
    """Microseconds."""
    moments: Any = times(of, at, called=called).cast(pa.int64())
    return np.asarray(moments.fill_null(MISSING).to_numpy(), dtype=np.int64)


def _span(times: npt.NDArray[np.int64]) -> int:
    """Of the time from the first row to the last, what is left without weeks that have no rows."""
    known = times[times != MISSING]
    if not known.size:
        return 0
    since = known - known.min()
    empty = int(since.max()) // SHORTEST + 1 - np.unique(since // SHORTEST).size
    return int(since.max()) - empty * SHORTEST
