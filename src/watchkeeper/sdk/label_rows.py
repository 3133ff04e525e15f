"""Labels on their way to the server, from whatever they are in, one by one: what is large is never whole in memory."""

import csv
import gzip
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import Any, TextIO

from watchkeeper.sdk.errors import MissingExtra, Refused

COLUMNS = ("id", "value")
AT_ONCE = 10_000
PARQUET, CSV, GZIP = {".parquet", ".pq"}, {".csv", ".tsv", ".txt"}, ".gz"
LONGEST = 200
NOT_TEXT = "\N{REPLACEMENT CHARACTER}"


def label_rows(labels: Any) -> Iterator[Any]:
    """`{"id", "value"}` of each, as JSON can carry it; what is no label is handed on as it is, for the server to say
    why.

    Raises:
        Refused: it is nothing that could hold labels: no such file, a directory, a frame without these columns.
        MissingExtra: a Parquet file was given and pyarrow is not installed.
    """
    if isinstance(labels, str | PathLike):
        return _of_file(Path(labels))
    if isinstance(labels, Mapping):
        return iter([_row(labels)])
    if _is_frame(labels):
        return _of_frame(labels)
    if isinstance(labels, Iterable) and not isinstance(labels, bytes | bytearray):
        return (_row(each) for each in labels)
    raise Refused(
        f"A {type(labels).__name__} holds no labels. Give rows with id and value, a data frame, an Arrow table, or the "
        "path of a CSV or Parquet file.",
        code="no-labels",
        fields=("labels",),
    )


def _of_file(path: Path) -> Iterator[Any]:
    suffixes = [each.lower() for each in path.suffixes]
    if path.is_dir():
        raise _no_file(f"{path} is a directory. Send its files one after the other: for each, `labels.send(path)`.")
    if not path.exists() and any(each in str(path) for each in "*?["):
        raise _no_file(f"{path} is a pattern, not a file. Send the files it stands for one after the other.")
    if not path.exists():
        raise _no_file(f"There is no file {path}.")
    if suffixes and suffixes[-1] in PARQUET:
        return _of_parquet(path)
    if suffixes and (suffixes[-1] in CSV or (suffixes[-1] == GZIP and CSV & set(suffixes))):
        return _of_csv(path)
    raise _no_file(f"{path} is neither a CSV file (.csv, .csv.gz) nor a Parquet file (.parquet) by its name.")


def _no_file(message: str) -> Refused:
    return Refused(message, code="no-labels-file", fields=("labels",))


def _of_csv(path: Path) -> Iterator[Any]:
    with _opened(path) as file:
        delimiter = _delimiter(file.readline())
        file.seek(0)
        reader = csv.DictReader(file, delimiter=delimiter)
        _check_columns(reader.fieldnames or (), str(path))
    return _rows_of_csv(path, delimiter)


def _rows_of_csv(path: Path, delimiter: str) -> Iterator[Any]:
    with _opened(path) as file:
        reader = csv.DictReader(file, delimiter=delimiter, strict=False)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield f"line {reader.line_num} is no CSV: {error}"
                continue
            texts = [row.get(name) for name in COLUMNS]
            if any(NOT_TEXT in text for text in texts if text):
                yield f"line {reader.line_num} is not UTF-8"
            else:
                yield {"id": texts[0], "value": texts[1] or None}


def _opened(path: Path) -> TextIO:
    if path.suffix.lower() == GZIP:
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return path.open(encoding="utf-8-sig", errors="replace", newline="")


def _delimiter(header: str) -> str:
    return max(",;\t|", key=header.count)


def _of_parquet(path: Path) -> Iterator[Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtra("A Parquet file needs pyarrow to be read: `pip install pyarrow`, or give CSV.") from None
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowException as error:
        raise _no_file(f"{path} is no Parquet file: {error}.") from None
    _check_columns(file.schema_arrow.names, str(path))
    return (row for batch in file.iter_batches(AT_ONCE, columns=list(COLUMNS)) for row in _of_batch(batch))


def _is_frame(data: Any) -> bool:
    return hasattr(data, "__arrow_c_stream__") or hasattr(data, "iloc")


def _of_frame(data: Any) -> Iterator[Any]:
    """A pandas data frame, whose columns may be mixed: each value stays what it is. Else whatever speaks Arrow's C
    stream, batch by batch; polars' own rows need no pyarrow."""
    if hasattr(data, "iloc"):
        _check_columns([str(name) for name in data.columns], "The data frame")
        return (
            _row({"id": name, "value": value}) for name, value in zip(*(data[each] for each in COLUMNS), strict=True)
        )
    if hasattr(data, "iter_rows"):
        _check_columns(data.columns, "The data frame")
        return (_row(row) for row in data.select(COLUMNS).iter_rows(named=True))
    return _of_stream(data)


def _of_stream(data: Any) -> Iterator[Any]:
    try:
        import pyarrow as pa
    except ImportError:
        raise MissingExtra("An Arrow table needs pyarrow: `pip install pyarrow`, or give rows.") from None
    reader = pa.RecordBatchReader.from_stream(data)
    _check_columns(reader.schema.names, "The table")
    return (row for batch in reader for row in _of_batch(batch))


def _of_batch(batch: Any) -> Iterator[Any]:
    for start in range(0, batch.num_rows, AT_ONCE):
        piece = batch.slice(start, AT_ONCE)
        for name, value in zip(*(piece.column(each).to_pylist() for each in COLUMNS), strict=True):
            yield _row({"id": name, "value": value})


def _check_columns(names: Iterable[str], what: str) -> None:
    there = list(names)
    missing = [name for name in COLUMNS if name not in there]
    if missing:
        raise Refused(
            f"{what} has no column {' and no column '.join(missing)}. Name the columns id and value; there is: "
            f"{', '.join(map(str, there[:20])) or 'nothing'}.",
            code="no-labels",
            fields=tuple(missing),
        )


def _row(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return _plain(given)
    return {name: _plain(given[name]) for name in COLUMNS if name in given}


def _plain(value: Any) -> Any:
    """What JSON has not as what says the same to the server: missing is None, and an infinity is its word."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:  # a scalar of numpy's
        return _plain(value.item())
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(value, float | Decimal):
        return _number(float(value))
    return value.isoformat() if isinstance(value, date) else str(value)[:LONGEST]


def _number(value: float) -> Any:
    return None if math.isnan(value) else value if math.isfinite(value) else str(value)
