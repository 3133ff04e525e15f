"""Files of the journal as one."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.monitoring.collecting.filing import SyncedFile
from watchkeeper.monitoring.ports import JournalFile

ROWS_AT_ONCE = 16_384
MOST_BYTES = 8 * 2**20
"""Of rows in memory at once."""


def merge_files(paths: Sequence[Path], target: Path) -> None:
    """The rows of several files as one, synced to disk. Never all of them are in memory: some at a time are put in the
    order of their times and written."""
    schema = unified([pq.read_schema(path) for path in paths])
    with SyncedFile(target, schema) as file:
        for piece in _pieces(paths, schema):
            file.write(piece.sort_by("at"))


def most_alike(files: Sequence[JournalFile], directory: Path) -> list[JournalFile]:
    """The most of them in which no column has two types: merged, a column would be text that was a number, and one that
    is hashed in some would be mixed with what it was before."""
    groups: list[tuple[dict[str, pa.DataType], list[JournalFile]]] = []
    for file in files:
        types = {field.name: field.type for field in pq.read_schema(directory / file.name)}
        for known, members in groups:
            if all(known.get(name, kind) == kind for name, kind in types.items()):
                known.update(types)
                members.append(file)
                break
        else:
            groups.append((types, [file]))
    return max((members for _, members in groups), key=len, default=[])


def unified(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """The columns of all; one that has different types, as models of different releases took it, is text."""
    types: dict[str, set[pa.DataType]] = {}
    for field in (field for schema in schemas for field in schema):
        types.setdefault(field.name, set()).add(field.type)
    return pa.schema([(name, kinds.pop() if len(kinds) == 1 else pa.string()) for name, kinds in types.items()])


def _pieces(paths: Sequence[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    size = 0
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
                held.append(_fitted(batch, schema))
                size += batch.nbytes
                if size >= MOST_BYTES:
                    yield pa.Table.from_batches(held, schema)
                    held, size = [], 0
    if held:
        yield pa.Table.from_batches(held, schema)


def _fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        batch.column(field.name).cast(field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
