"""A table with times, counted by local day."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.monitoring.drift.dependence import Days
from watchkeeper.monitoring.drift.seasons.strata import Moments
from watchkeeper.monitoring.ports import Counts
from watchkeeper.tables.bins import BinSet

MOST_ROWS = 2_000_000
DAY = "the day of it"


def newest_rows(table: Path, columns: list[str]) -> "pa.Table":
    """Of a table that is too long, the row groups at its end."""
    file = pq.ParquetFile(table)
    groups: list[int] = []
    rows = 0
    for number in reversed(range(file.num_row_groups)):
        groups.insert(0, number)
        rows += file.metadata.row_group(number).num_rows
        if rows >= MOST_ROWS:
            break
    there = [name for name in columns if name in file.schema_arrow.names]
    return file.read_row_groups(groups, columns=there)


def local_moments(table: "pa.Table", *, time: str, zone: str) -> Moments:
    """Of each row, on the clock of the place; not a time where it has none."""
    at: Any = table[time].cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
    found: Any = pc.local_timestamp(at)
    return np.asarray(found.to_numpy(), dtype="datetime64[us]")


def counts_by_day(bin_sets: Sequence[BinSet], table: "pa.Table", *, time: str, zone: str) -> tuple[Days, Counts]:
    """The local days that have rows, as days since 1970, and of shape (days, bins) the counts on these, those of all
    columns end to end."""
    at: Any = table[time].cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
    local: Any = pc.local_timestamp(at)
    table = table.append_column(DAY, local.cast(pa.date32()))
    table = table.filter(pc.is_valid(table[DAY])).sort_by(DAY)
    days = table[DAY].cast(pa.int32()).to_numpy().astype(np.int64)
    starts = np.flatnonzero(np.diff(days, prepend=days[0] - 1)) if len(days) else np.zeros(0, dtype=np.intp)
    found = np.zeros((len(starts), sum(bins.size for bins in bin_sets)), dtype=np.int64)
    for place, (start, end) in enumerate(zip(starts, [*starts[1:], len(days)], strict=True)):
        part = table.slice(int(start), int(end - start))
        found[place] = np.concatenate([bins.count(part[bins.column.name]) for bins in bin_sets])
    return days[starts], found
