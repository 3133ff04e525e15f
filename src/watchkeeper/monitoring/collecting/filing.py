"""Frames as Parquet files: the journal as it is kept and read."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.clock import Clock
from watchkeeper.monitoring.collecting.gathering import Placed, moment
from watchkeeper.monitoring.collecting.masks import Masks
from watchkeeper.monitoring.collecting.stacking import stacked
from watchkeeper.monitoring.ports import JournalFile
from watchkeeper.serving.deployment import Role
from watchkeeper.syncing import make_directory, sync_path
from watchkeeper.tables.column import Kind

INPUT = "input."
ROWS_A_GROUP, BYTES_A_GROUP = 65_536, 16 * 2**20
"""So that whoever reads one stretch of a file need not hold the whole of it."""


def file_frames(
    placed: Sequence[Placed],
    *,
    role: Role,
    ranges: str,
    inputs: Mapping[str, Kind],
    masks: Masks,
    directory: Path,
    clock: Clock,
) -> JournalFile | None:
    """Write the role's rows as one file, synced to disk before its name is returned; None when there are none.

    `ranges` says which stretches of which segments the frames are from: the name derives from it, so that writing
    again after a crash replaces the same file.
    """
    frames = [each for each in placed if each.frame.role == role and each.frame.kind == "answered"]
    if not frames:
        return None
    table = _table(frames, role=role, inputs=inputs, masks=masks)
    if any(each.frame.logged and each.duplicates for each in frames):
        table = _without_logged_again(table, frames)
    if not table.num_rows:
        return None
    make_directory(directory)
    name = f"{sha256(f'{role} {ranges}'.encode()).hexdigest()[:32]}.parquet"
    write_synced(table, directory / name)
    moments = [at for each in frames for at in each.frame.at]
    return JournalFile(
        name=name,
        role=role,
        rows=table.num_rows,
        bytes=(directory / name).stat().st_size,
        first=moment(min(moments)),
        last=moment(max(moments)),
        made=clock.now(),
    )


def write_synced(table: pa.Table, path: Path) -> None:
    with SyncedFile(path, table.schema) as file:
        file.write(table)


class SyncedFile:
    """A Parquet file that gets its name once all of it is on the disk, or none at all."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._partial = path.with_suffix(".partial")
        self._writer = pq.ParquetWriter(self._partial, schema, compression="zstd")
        self._held: list[pa.Table] = []

    def __enter__(self) -> Self:
        return self

    def write(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Small pieces are put together, or the file would be all headings."""
        self._held.append(rows if isinstance(rows, pa.Table) else pa.Table.from_batches([rows]))
        held, size = sum(each.num_rows for each in self._held), sum(each.nbytes for each in self._held)
        if held >= ROWS_A_GROUP or size >= BYTES_A_GROUP:
            self._flush()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is not None:
                self._writer.close()
                return
            self._flush()
            self._writer.close()
            sync_path(self._partial)
            self._partial.replace(self._path)
        finally:  # on a disk that is full, what can't be finished must not take the room
            self._partial.unlink(missing_ok=True)
        sync_path(self._path.parent)

    def _flush(self) -> None:
        if self._held:
            self._writer.write_table(pa.concat_tables(self._held), row_group_size=ROWS_A_GROUP)
            self._held = []


def _table(frames: Sequence[Placed], *, role: Role, inputs: Mapping[str, Kind], masks: Masks) -> pa.Table:
    sizes = [len(each.frame.ids) for each in frames]

    def each_row(values: Sequence[object], kind: pa.DataType) -> "pa.Array[Any]":
        return pa.array([value for value, size in zip(values, sizes, strict=True) for _ in range(size)], kind)

    parts = [each.frame for each in frames]
    columns: dict[str, pa.Array[Any]] = {
        "id": pa.array([row for frame in parts for row in frame.ids], pa.string()),
        "call": each_row([frame.call for frame in parts], pa.string()),
        "at": pa.array([at for frame in parts for at in frame.at], pa.timestamp("us", "UTC")),
        "received": each_row([frame.received // 1000 for frame in parts], pa.timestamp("us", "UTC")),
        "release": each_row([frame.release for frame in parts], pa.int32()),
        "role": each_row([frame.role for frame in parts], pa.string()),
        "model": each_row([frame.model for frame in parts], pa.string()),
        "key": each_row([frame.key for frame in parts], pa.string()),
        "milliseconds": each_row([frame.milliseconds for frame in parts], pa.float64()),
        "unseen": each_row([frame.unseen for frame in parts], pa.bool_()),
        "caught_up": each_row([frame.caught_up for frame in parts], pa.bool_()),
        "duplicate": pa.array([row in e.duplicates for e in frames for row in range(len(e.frame.ids))], pa.bool_()),
        "prediction": pa.array([value for frame in parts for value in frame.outputs], pa.float64()),
        "value": pa.array([value for frame in parts for value in _values(frame.values, len(frame.ids))], pa.string()),
        "violations": pa.array([masks.violations(text) for each in frames for text in _violations(each)], pa.string()),
    }
    if role is Role.CHAMPION or any(frame.inputs for frame in parts):
        for name, kind in inputs.items():
            array = masks.array(name, stacked(parts, name), kind)
            if array is not None:
                columns[INPUT + name] = array
    return pa.table(columns)


def _without_logged_again(table: pa.Table, frames: Sequence[Placed]) -> pa.Table:
    """A call that is repeated is one more answer; a row that is logged again is nothing new."""
    keep = [not (each.frame.logged and row in each.duplicates) for each in frames for row in range(len(each.frame.ids))]
    return table.filter(pa.array(keep, pa.bool_()))


def _values(values: Sequence[str] | None, size: int) -> Sequence[str | None]:
    return values if values is not None else [None] * size


def _violations(each: Placed) -> list[str | None]:
    """A row's violations as JSON, or None."""
    rows: dict[int, list[dict[str, str]]] = {}
    for row, column, violation, example in each.frame.violations:
        rows.setdefault(row, []).append({"column": column, "violation": violation, "value": example})
    return [json.dumps(rows[row]) if row in rows else None for row in range(len(each.frame.ids))]
