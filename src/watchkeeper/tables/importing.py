"""A file as it was sent becomes a table that is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from watchkeeper.tables.column import Kind, Schema
from watchkeeper.tables.errors import NotText, UnreadableTable
from watchkeeper.tables.keeping import digest_of, moved_when_whole, write_blocks
from watchkeeper.tables.pacing import Pace
from watchkeeper.tables.reading.csv_text import CsvText
from watchkeeper.tables.reading.parquet_file import ParquetFile
from watchkeeper.tables.reading.source import TYPES, Source
from watchkeeper.tables.reading.unpacking import GZIP, PARQUET, ZIP, first_bytes, unpacked
from watchkeeper.tables.summary import summarise


@dataclass(frozen=True)
class Imported:
    """`digest` is the SHA-256 of the kept file and `bytes` its size; `summary` is one JSON-safe object a column."""

    rows: int
    digest: str
    schema: Schema
    summary: list[dict[str, Any]]
    bytes: int


def import_table(source: Path, target: Path, *, name: str, progress: Callable[[float], None]) -> Imported:
    """Read CSV (also in a gzip or zip file) or Parquet, told by content, and keep it as Parquet.

    Memory stays at a few blocks of some megabytes, whatever the size of the file: it is read twice, first to decide
    each column's kind by all rows. `name` is what the file was called, for messages. `progress` is told shares from 0
    to 1, a few times a second. Raise an error of `tables.errors` for a file that cannot be taken; nothing stays then.
    """
    pace = Pace(progress)
    with unpacked(source, into=target.with_suffix(".unpacked")) as file, moved_when_whole(target) as partial:
        table = _opened(file, name)
        kinds = table.kinds(pace.part(0.0, 0.35))
        rows = write_blocks(table.blocks(kinds, pace.part(0.35, 0.8)), partial, _arrow_schema(table.names, kinds))
        schema, summary = summarise(partial, progress=pace.part(0.8, 1.0))
        return Imported(
            rows=rows, digest=digest_of(partial), schema=schema, summary=summary, bytes=partial.stat().st_size
        )


def _opened(file: Path, name: str) -> Source:
    magic = first_bytes(file)
    if magic == PARQUET:
        return ParquetFile(file)
    if magic.startswith(GZIP) or magic in ZIP:
        raise UnreadableTable(f"'{name}' is an archive within an archive. Unpack it once and send that.")
    try:
        return CsvText(file)
    except NotText as error:
        raise NotText(f"'{name}' cannot be read: {error.message}") from None


def _arrow_schema(names: tuple[str, ...], kinds: tuple[Kind, ...]) -> pa.Schema:
    return pa.schema([(name, TYPES[kind]) for name, kind in zip(names, kinds, strict=True)])
