"""A batch's answers read back: beside the rows that were asked, or alone; streamed, a chunk in memory at a time."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from watchkeeper.batches.batch import Batch, State
from watchkeeper.batches.chunks import Chunk, chunk_file, chunks_of, read_chunks
from watchkeeper.batches.errors import BatchNotDone, DatasetGone
from watchkeeper.batches.keeping import ID
from watchkeeper.batches.naming import row_of
from watchkeeper.batches.ports import BatchPlaces
from watchkeeper.datasets.reading import plain


def check_results(batch: Batch, *, inputs: bool, places: BatchPlaces) -> None:
    """Raise BatchNotDone, or DatasetGone where its rows are to stand beside the answers and are not there any more."""
    if batch.state is not State.DONE:
        raise BatchNotDone(f"The batch is {batch.state}; its results are there once it is done.")
    if inputs and not places.table(batch.dataset).is_file():
        raise DatasetGone(
            f"The dataset '{batch.dataset_name}' was removed, so its columns can't stand beside the answers. Ask for "
            "the answers alone, `inputs=false`.",
            fields=("inputs",),
        )


def results_of(batch: Batch, *, inputs: bool, places: BatchPlaces) -> Iterator[pa.Table]:
    """The rows in the dataset's order, with its columns first if `inputs`, without those that were erased. An answer's
    column whose name the dataset has too ends with `_`."""
    directory = places.batch(batch.id)
    if not inputs:
        for number in range(batch.chunks):
            yield _read(chunk_file(directory, number))
        return
    with pq.ParquetFile(places.table(batch.dataset)) as file:
        for chunk, rows in read_chunks(file, chunks_of(file, chunk_rows=batch.chunk_rows)):
            answers = _read(chunk_file(directory, chunk.number))
            yield _beside(_answered(rows, answers, chunk), answers)


def parquet_pieces(tables: Iterator[pa.Table]) -> Iterator[bytes]:
    """One Parquet file, piece by piece."""
    sink = _Sink()
    writer: pq.ParquetWriter | None = None
    for table in tables:
        if writer is None:
            writer = pq.ParquetWriter(cast("IO[Any]", sink), table.schema, compression="zstd")
        writer.write_table(table)
        yield sink.taken()
    if writer is not None:
        writer.close()
    yield sink.taken()


def csv_pieces(tables: Iterator[pa.Table]) -> Iterator[bytes]:
    for number, table in enumerate(tables):
        sink = pa.BufferOutputStream()
        arrow_csv.write_csv(table, sink, arrow_csv.WriteOptions(include_header=number == 0))
        yield sink.getvalue().to_pybytes()


def preview_results(batch: Batch, *, rows: int, places: BatchPlaces) -> tuple[list[str], list[list[object]]]:
    """The names, and the first rows as JSON values; without the dataset's columns where it is gone."""
    inputs = places.table(batch.dataset).is_file()
    table = next(results_of(batch, inputs=inputs, places=places)).slice(0, rows)
    columns = [column.to_pylist() for column in table.columns]
    return list(table.column_names), [[plain(value) for value in row] for row in zip(*columns, strict=True)]


def _read(path: Path) -> pa.Table:
    return pq.read_table(path, use_threads=False)


def _answered(rows: pa.Table, answers: pa.Table, chunk: Chunk) -> pa.Table:
    """The chunk's rows whose answers have not been erased."""
    if answers.num_rows == rows.num_rows:
        return rows
    return rows.take(pa.array([row_of(str(each)) - chunk.first for each in answers[ID].to_pylist()], pa.int64()))


def _beside(rows: pa.Table, answers: pa.Table) -> pa.Table:
    names = set(rows.column_names)
    for name, column in zip(answers.column_names, answers.columns, strict=True):
        free = name
        while free in names:
            free += "_"
        names.add(free)
        rows = rows.append_column(free, column)
    return rows


class _Sink(io.RawIOBase):
    """Holds what was written until it is taken."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        found, self._held = bytes(self._held), bytearray()
        return found
