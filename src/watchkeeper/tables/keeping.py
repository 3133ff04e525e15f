"""Writing a table so that nothing is ever half there: beside its place, synced, then moved into it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.syncing import sync_path
from watchkeeper.tables.reading.gathering import gathered
from watchkeeper.tables.reading.source import Values

GROUP_ROWS = 250_000
GROUP_BYTES = 16 * 2**20


def write_blocks(blocks: Iterable[Sequence[Values]], path: Path, schema: pa.Schema) -> int:
    """Return how many rows were written. Row groups are small enough for one to be in memory."""
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        batches = (pa.RecordBatch.from_arrays(list(block), schema=schema) for block in blocks)
        for batch in gathered(batches, rows=GROUP_ROWS, size=GROUP_BYTES):
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def moved_when_whole(target: Path) -> Iterator[Path]:
    """A path to write to, moved to the target at the end. After a failure nothing stays; what a killed process left
    is written over."""
    partial = target.with_suffix(".partial")
    try:
        yield partial
        sync_path(partial)
        partial.replace(target)
        sync_path(target.parent)
    finally:
        partial.unlink(missing_ok=True)
