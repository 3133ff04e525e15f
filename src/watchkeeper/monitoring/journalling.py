"""Reading the journal back, file by file, in bounded memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.monitoring.filing import write_synced


def write_journal(paths: Sequence[Path], target: Path, *, start: datetime | None, end: datetime | None) -> None:
    """One Parquet file with the rows of all; columns that a file lacks are null in its rows."""
    schema = _unified([pq.read_schema(path) for path in paths]) if paths else pa.schema([("id", pa.string())])
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for table in _tables(paths, start=start, end=end):
            writer.write_table(_fitted(table, schema))


def journal_rows(
    paths: Sequence[Path], *, start: datetime | None, end: datetime | None, limit: int
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for table in _tables(paths, start=start, end=end):
        rows += [_plain(row) for row in table.slice(0, limit - len(rows)).to_pylist()]
        if len(rows) >= limit:
            break
    return rows


def merge_files(paths: Sequence[Path], target: Path) -> pa.Schema:
    """The rows of several files as one, synced to disk."""
    tables = [pq.read_table(path) for path in paths]
    schema = _unified([table.schema for table in tables])
    merged = pa.concat_tables([_fitted(table, schema) for table in tables]).sort_by("at")
    write_synced(merged, target)
    return merged.schema


def _unified(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """The columns of all; one that has different types, as models of different releases took it, is text."""
    types: dict[str, set[pa.DataType]] = {}
    for field in (field for schema in schemas for field in schema):
        types.setdefault(field.name, set()).add(field.type)
    return pa.schema([(name, kinds.pop() if len(kinds) == 1 else pa.string()) for name, kinds in types.items()])


def _tables(paths: Sequence[Path], *, start: datetime | None, end: datetime | None) -> Iterator[pa.Table]:
    for path in paths:
        table = pq.read_table(path)
        keep = pc.is_valid(table["at"])
        if start is not None:
            keep = pc.and_(keep, pc.greater_equal(table["at"], pa.scalar(start, table["at"].type)))
        if end is not None:
            keep = pc.and_(keep, pc.less(table["at"], pa.scalar(end, table["at"].type)))
        yield table.filter(keep)


def _fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        table[field.name] if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
        for name, value in row.items()
    }
