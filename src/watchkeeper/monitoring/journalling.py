"""Files of the journal as one."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.monitoring.filing import write_synced
from watchkeeper.monitoring.ports import JournalFile


def merge_files(paths: Sequence[Path], target: Path) -> pa.Schema:
    """The rows of several files as one, synced to disk."""
    tables = [pq.read_table(path) for path in paths]
    schema = unified([table.schema for table in tables])
    merged = pa.concat_tables([_fitted(table, schema) for table in tables]).sort_by("at")
    write_synced(merged, target)
    return merged.schema


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


def _fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        table[field.name] if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)
