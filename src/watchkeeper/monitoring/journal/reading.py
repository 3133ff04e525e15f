"""Reading the journal back in bounded memory: batch by batch, from those files alone that the period can be in."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from watchkeeper.monitoring.collecting.columns import columns_of, type_of
from watchkeeper.monitoring.collecting.journalling import unified
from watchkeeper.monitoring.errors import JournalBroken, JournalRewritten
from watchkeeper.monitoring.journal.conditions import Condition, expression, read_conditions
from watchkeeper.monitoring.journal.gone_rows import NOTHING, GoneRows, gone_rows
from watchkeeper.monitoring.ports import JournalFile, JournalPlaces, Unit
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.tables.column import Kind

ROWS = 16_384
"""Of a batch."""
SCAN = ds.ParquetFragmentScanOptions(use_buffered_stream=True, buffer_size=2**20, pre_buffer=False)


@dataclass(frozen=True)
class Selection:
    """Rows of one role: `files` may hold some whose event time lies from `start` up to before `end`; so many of those
    days have `gone` by the deployment's retention."""

    deployment: Deployment
    role: Role
    directory: Path
    files: tuple[JournalFile, ...]
    start: datetime | None
    end: datetime | None
    conditions: tuple[Condition, ...]
    columns: Mapping[str, Kind]
    gone: GoneRows = NOTHING

    def filter(self, schema: pa.Schema) -> pc.Expression:
        wanted = expression(self.conditions, schema)
        if self.start is not None:
            wanted &= pc.field("at") >= pa.scalar(self.start, schema.field("at").type)
        if self.end is not None:
            wanted &= pc.field("at") < pa.scalar(self.end, schema.field("at").type)
        return wanted


def select(
    deployment: Deployment,
    *,
    role: Role,
    start: datetime | None,
    end: datetime | None,
    where: Sequence[Any],
    work: Unit,
    places: JournalPlaces,
) -> Selection:
    """Raise WhereRefused when the conditions can't be understood."""
    columns = columns_of(deployment, work=work)
    return Selection(
        deployment=deployment,
        role=role,
        directory=places.journal(deployment.id),
        files=tuple(work.journal.files(deployment.id, role=role, start=start, end=end)),
        start=start,
        end=end,
        conditions=read_conditions(where, columns=columns),
        columns=columns,
        gone=gone_rows(deployment, role, start=start, end=end, work=work),
    )


def schema_of(selection: Selection) -> pa.Schema:
    """The columns of all files; of none, those that there would be. It says, too, what of the period has gone."""
    schemas = [read_schema(selection.directory / each.name) for each in selection.files]
    there = pa.schema([(name, type_of(name, kind)) for name, kind in selection.columns.items()])
    return (unified(schemas) if schemas else there).with_metadata(selection.gone.told)


def batches(selection: Selection, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """All rows, in the order of their files; columns that a file lacks are null in its rows."""
    for file in selection.files:
        path = selection.directory / file.name
        for batch in scan(path, selection.filter(read_schema(path))):
            yield fitted(batch, schema)


def write_parquet(selection: Selection, target: Path) -> None:
    schema = schema_of(selection)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for table in _gathered(batches(selection, schema), rows=4 * ROWS):
            writer.write_table(table)


def as_stream(selection: Selection) -> Iterator[bytes]:
    """As an Arrow IPC stream, a piece a batch. What can fail before the first rows fails at this call."""
    return _pieces(selection, schema_of(selection))


def _pieces(selection: Selection, schema: pa.Schema) -> Iterator[bytes]:
    sink = _Sink()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(cast("Any", sink), schema, options=options) as writer:
        yield sink.taken()
        for batch in batches(selection, schema):
            writer.write_batch(batch)
            yield sink.taken()
    yield sink.taken()


class _Sink:
    """Where Arrow writes to, and from where the pieces are taken."""

    closed = False

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, piece: Any) -> int:
        self._held.append(bytes(piece))
        return len(piece)

    def flush(self) -> None: ...
    def close(self) -> None: ...

    def taken(self) -> bytes:
        held, self._held = self._held, []
        return b"".join(held)


def scan(path: Path, wanted: pc.Expression, *, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The file's rows that are wanted, a batch at a time, never the whole file. Raise JournalRewritten or
    JournalBroken."""
    with readable(path):
        scanner = ds.dataset(path, format="parquet").scanner(
            columns=list(columns) if columns is not None else None,
            filter=wanted,
            batch_size=ROWS,
            batch_readahead=1,
            fragment_readahead=1,
            use_threads=False,
            fragment_scan_options=SCAN,
        )
        for batch in scanner.to_batches():
            if batch.num_rows:
                yield batch


def read_schema(path: Path) -> pa.Schema:
    """Raise JournalRewritten or JournalBroken."""
    with readable(path):
        return pq.read_schema(path)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Around what reads a file. Raise JournalRewritten where it is gone, JournalBroken where it is no Parquet file."""
    try:
        yield
    except FileNotFoundError as gone:
        raise _rewritten() from gone
    except pa.ArrowInvalid as broken:
        raise _broken(path) from broken
    except OSError as broken:
        if broken.errno is not None:
            raise
        raise _broken(path) from broken  # of damaged pages Arrow says so without a number


@contextmanager
def opened(path: Path) -> Iterator[pq.ParquetFile]:
    """A file of which single row groups are to be read."""
    with readable(path), pq.ParquetFile(path) as file:
        yield file


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        batch.column(field.name).cast(field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _gathered(parts: Iterator[pa.RecordBatch], *, rows: int) -> Iterator[pa.Table]:
    """Small batches together, so that a file of theirs is not all headings."""
    held: list[pa.RecordBatch] = []
    for batch in parts:
        held.append(batch)
        if sum(each.num_rows for each in held) >= rows:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _broken(path: Path) -> JournalBroken:
    return JournalBroken(
        f"The journal's file {path.name} is damaged and can't be read. Put it back from a copy, or ask for days of "
        "which it has no rows."
    )


def _rewritten() -> JournalRewritten:
    return JournalRewritten("The journal's files were replaced while it was read. Ask again.")
