"""Looking into a kept table."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from watchkeeper.datasets.errors import DatasetBroken


@contextmanager
def opened(table: Path) -> Iterator[pq.ParquetFile]:
    """Raise DatasetBroken."""
    try:
        with pq.ParquetFile(table) as file:
            yield file
    except (OSError, pa.ArrowException) as failure:
        raise DatasetBroken(
            "The kept file of this dataset is gone or can't be read. Put it back from a backup, or import it again."
        ) from failure


def check_readable(table: Path) -> None:
    """Before anything of it is sent. Raise DatasetBroken."""
    with opened(table):
        pass


def preview(table: Path, *, rows: int) -> tuple[list[str], list[list[object]]]:
    """The names, and the first rows as JSON values. Raise DatasetBroken."""
    with opened(table) as file:
        names = list(file.schema_arrow.names)
        batch = next(file.iter_batches(batch_size=max(rows, 1)), None)
    if batch is None:
        return names, []
    columns = [column.to_pylist() for column in batch.slice(0, rows).columns]
    return names, [[plain(value) for value in row] for row in zip(*columns, strict=True)]


def csv_chunks(table: Path) -> Iterator[bytes]:
    """The table as CSV, piece by piece; a row group is in memory at a time."""
    with opened(table) as file:
        yield _csv(file.schema_arrow.empty_table(), header=True)
        for group in range(file.num_row_groups):
            yield _csv(file.read_row_group(group), header=False)


def _csv(rows: pa.Table, *, header: bool) -> bytes:
    sink = pa.BufferOutputStream()
    arrow_csv.write_csv(rows, sink, arrow_csv.WriteOptions(include_header=header))
    return sink.getvalue().to_pybytes()


def plain(value: object) -> object:
    """As JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):  # noqa: PLR0124
        return None
    return value
