"""Rows of the data that a deployment's bins were taken from, coded, with days and strata: taken once, and kept."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.monitoring.drift.seasons.strata import days_of, strata_of
from watchkeeper.monitoring.multivariate.coded_rows import ABSENT, CodedRows, ReferenceRows
from watchkeeper.monitoring.references.usual import Usual
from watchkeeper.monitoring.references.watching import Watched

log = logging.getLogger(__name__)
UNTIMED, TIMED = 5_000, 10_000
"""Rows that are kept; more where they are spread over a year's seasons."""
SEED = 7


def reference_rows(of: Usual, watch: Watched) -> ReferenceRows:
    """A reference that is damaged keeps nothing else from being done."""
    if of.table is None:
        return ReferenceRows(watch.number, timed=False, rows=None, why="the reference's rows are gone")
    try:
        return _read(of.table, of.time, of.zone, watch)
    except (pa.ArrowException, OSError, KeyError) as failure:
        log.warning("the reference in %s can't be read: %s", of.table, failure)
        return ReferenceRows(watch.number, timed=False, rows=None, why="the reference's rows can't be read")


def _read(table: Path, time: str | None, zone: str, watch: Watched) -> ReferenceRows:
    file = pq.ParquetFile(table)
    there = set(file.schema_arrow.names)
    if time not in there:
        time = None
    names = dict.fromkeys([*watch.names, *([time] if time else [])])
    rows = _some(file, [name for name in names if name in there], TIMED if time else UNTIMED)
    days, strata = np.zeros(rows.num_rows, dtype=np.int64), np.zeros(rows.num_rows, dtype=np.int64)
    if time:
        rows = rows.filter(pc.is_valid(rows[time]))
        at: Any = rows[time].cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
        local = pc.local_timestamp(at).to_numpy()
        days, strata = days_of(local), strata_of(local)
    codes = np.full((rows.num_rows, len(watch.features)), ABSENT, dtype=np.uint16)
    for place, bins in enumerate(watch.features):
        if bins.column.name in rows.column_names:
            codes[:, place] = bins.places(rows[bins.column.name])
    return ReferenceRows(watch.number, timed=bool(time), rows=CodedRows(days, strata, codes))


def _some(file: pq.ParquetFile, columns: list[str], most: int) -> pa.Table:
    """Drawn from all over the table, one row group in memory at a time."""
    chosen = np.sort(np.random.default_rng(SEED).permutation(file.metadata.num_rows)[:most])
    parts, start = [file.schema_arrow.empty_table().select(columns)], 0
    for number in range(file.num_row_groups):
        end = start + file.metadata.row_group(number).num_rows
        mine = chosen[(chosen >= start) & (chosen < end)] - start
        if mine.size:
            parts.append(file.read_row_group(number, columns=columns).select(columns).take(mine))
        start = end
    return pa.concat_tables(parts, promote_options="permissive")
