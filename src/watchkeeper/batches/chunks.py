"""How a table is cut into chunks: within its row groups, so that each can be read on its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Chunk:
    """`first` is its first row in the table, `start` the same in its row group."""

    number: int
    group: int
    start: int
    rows: int
    first: int


def chunks_of(file: pq.ParquetFile, *, chunk_rows: int) -> list[Chunk]:
    """The same for a file whenever it is asked."""
    found: list[Chunk] = []
    first = 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        for start in range(0, size, chunk_rows):
            rows = min(chunk_rows, size - start)
            found.append(Chunk(len(found), group, start, rows, first))
            first += rows
    return found


def read_chunks(
    file: pq.ParquetFile, chunks: Sequence[Chunk], *, columns: list[str] | None = None
) -> Iterator[tuple[Chunk, pa.Table]]:
    """Each chunk with its rows; one row group is in memory at a time."""
    group, held = -1, pa.table({})
    for chunk in chunks:
        if chunk.group != group:
            del held
            group, held = chunk.group, file.read_row_group(chunk.group, columns=columns, use_threads=False)
        yield chunk, held.slice(chunk.start, chunk.rows)


def chunk_file(directory: Path, number: int) -> Path:
    return directory / f"{number:08d}.parquet"
