"""What is told of each column of a kept table: its kind, what is missing, how its values lie."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.tables.column import Column, Kind, Schema
from watchkeeper.tables.describing import describe
from watchkeeper.tables.profiling import Blocks, profile

Described = dict[str, Any]
HELD = 32 * 2**20
"""Bytes of a column that are held in memory rather than read again."""


def summarise(table: Path, *, progress: Callable[[float], None]) -> tuple[Schema, list[Described]]:
    """The schema, and one JSON-safe object a column, in order. One column at a time is read, a block at a time."""
    columns, summary = [], []
    with pq.ParquetFile(table) as file:
        fields, rows = list(file.schema_arrow), file.metadata.num_rows
        for place, field in enumerate(fields, start=1):
            column, described = _described(field, _blocks(file, field.name), rows=rows)
            columns.append(column)
            summary.append(described)
            progress(place / len(fields))
    return Schema(tuple(columns)), summary


def _blocks(file: pq.ParquetFile, name: str) -> Blocks:
    """Row group by row group; a column that is small as a whole is read once."""

    def read() -> Iterator["pa.Array[Any]"]:
        for group in range(file.num_row_groups):
            # A column "a" brings along one that is called "a.b", so it is taken by its name.
            yield from file.read_row_group(group, columns=[name]).column(name).chunks

    held, size = [], 0
    for block in read():
        size += block.nbytes
        if size > HELD:
            return read
        held.append(block)
    return lambda: iter(held)


def _described(field: "pa.Field[Any]", blocks: Blocks, *, rows: int) -> tuple[Column, Described]:
    kind, figures = describe(field, blocks)
    column = Column(field.name, kind)
    said = {"name": column.name, "kind": kind.value, "rows": rows, **figures}
    if kind is not Kind.IDENTIFIER:
        said["profile"] = profile(column, blocks, rows=rows)
    return column, said
