"""Many small batches as fewer larger ones."""

from collections.abc import Iterable, Iterator

import pyarrow as pa


def gathered(batches: Iterable[pa.RecordBatch], *, rows: int, size: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of at least so many rows or bytes, but for the last."""
    held: list[pa.RecordBatch] = []
    held_rows = held_size = 0
    for batch in batches:
        held.append(batch)
        held_rows, held_size = held_rows + batch.num_rows, held_size + batch.nbytes
        if held_rows >= rows or held_size >= size:
            yield from _joined(held)
            held, held_rows, held_size = [], 0, 0
    if held:
        yield from _joined(held)


def _joined(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    return pa.Table.from_batches(batches).combine_chunks().to_batches()
