"""Predictions that were made elsewhere, on their way into a deployment's journal."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.sdk.errors import MissingExtra, Refused

AT_ONCE = 5_000
PARQUET = {".parquet", ".pq"}


@dataclass(frozen=True)
class Logged:
    """What was taken into the journal.

    Attributes:
        rows: how many were sent; those that were logged before count once.
        release: under which they are.
        ids: of the rows in the journal, in their order; for their labels later.
        violations: how many values broke the signature.
    """

    rows: int
    release: int
    ids: tuple[str, ...]
    violations: int

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "ids": list(self.ids)}


def read_logged(parts: Sequence[Mapping[str, Any]]) -> Logged:
    return Logged(
        rows=sum(part["rows"] for part in parts),
        release=parts[-1]["release"],
        ids=tuple(name for part in parts for name in part["ids"]),
        violations=sum(part["violations"] for part in parts),
    )


def pieces_of_file(path: Path, at_once: int = AT_ONCE) -> Iterator[list[dict[str, Any]]]:
    """The rows of a CSV or Parquet file, some at a time.

    Raises:
        Refused: there is no such file, or it is of another kind.
        MissingExtra: it is a Parquet file and pyarrow is not installed.
    """
    if not path.is_file():
        raise Refused(f"There is no file {path}.", code="no-file", fields=("file",))
    if path.suffix.lower() in PARQUET:
        yield from _of_parquet(path, at_once)
        return
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows: list[dict[str, Any]] = []
        for row in csv.DictReader(file):
            rows.append({name: _plain(text) for name, text in row.items() if name is not None})
            if len(rows) == at_once:
                yield rows
                rows = []
        if rows:
            yield rows


def split_off(rows: Sequence[Mapping[str, Any]], column: str | None) -> list[Any] | None:
    """The values of a column; None where there is none."""
    if column is None:
        return None
    if any(column not in row for row in rows):
        raise Refused(f"There is no column '{column}' in each row.", code="no-column", fields=(column,))
    return [row[column] for row in rows]


def _of_parquet(path: Path, at_once: int) -> Iterator[list[dict[str, Any]]]:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtra("A Parquet file needs pyarrow: `pip install pyarrow`.") from None
    for batch in pq.ParquetFile(path).iter_batches(batch_size=at_once):
        yield batch.to_pylist()


def _plain(text: str) -> Any:
    """CSV has only texts: a number is read as one."""
    if text == "":
        return None
    try:
        return float(text) if any(mark in text for mark in ".eE") else int(text)
    except ValueError:
        return text
