"""Why a CSV file cannot be read, and on which line: found by reading it again row by row, once something was wrong."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from watchkeeper.errors import Refused
from watchkeeper.tables.errors import RaggedRow, UnreadableTable
from watchkeeper.tables.reading.dialect import Dialect, not_utf8


@dataclass
class _Lines:
    """The lines of a file, of which those of the row that is being read are remembered."""

    file: TextIO
    number: int
    row: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.number += 1
            self.row.append(line)
            yield line

    @property
    def first(self) -> int:
        """The line on which the row begins."""
        return self.number - len(self.row) + 1


def fault_in(path: Path, dialect: Dialect, *, longest: int, said: str) -> Refused:
    """The first fault of the rows. `longest` is the characters a row may have; `said` is what the reader complained
    of, for a fault that cannot be found here."""
    with _opened(path, dialect, longest=longest) as lines:
        try:
            for fields in csv.reader(lines, delimiter=dialect.separator):
                fault = _fault_of(fields, lines, dialect, longest)
                if fault is not None:
                    return fault
                if not _is_left_open(lines.row, dialect):
                    lines.row.clear()
        except csv.Error:
            return _left_open(lines.first)
        if lines.row:
            return _left_open(lines.first)
    return UnreadableTable(f"The file could not be read as CSV: {said}. Write it again as plain CSV and send that.")


def is_left_open(path: Path, dialect: Dialect, *, longest: int) -> bool:
    """Whether the last row ends within a quote, and so has swallowed what came after it."""
    with _opened(path, dialect, longest=longest) as lines:
        last: list[str] = []
        try:
            for _ in csv.reader(lines, delimiter=dialect.separator):
                last = list(lines.row)
                lines.row.clear()
        except csv.Error:
            return True
    return _is_left_open(last, dialect)


@contextmanager
def _opened(path: Path, dialect: Dialect, *, longest: int) -> Iterator[_Lines]:
    """The limit of `csv` is one for the process; it is put back."""
    before = csv.field_size_limit(longest)
    try:
        with path.open("rb") as skipped:
            skipped.seek(dialect.body)
            with open(skipped.fileno(), encoding="utf-8", errors="surrogateescape", newline="", closefd=False) as file:
                yield _Lines(file, number=dialect.lines)
    finally:
        csv.field_size_limit(before)


def _fault_of(fields: list[str], lines: _Lines, dialect: Dialect, longest: int) -> Refused | None:
    for place, line in enumerate(lines.row):
        if not _is_utf8(line):
            return not_utf8(lines.first + place)
    if sum(map(len, lines.row)) > longest:
        return _left_open(lines.first)
    expected = len(dialect.names)
    if fields and len(fields) != expected:
        return RaggedRow(
            f"Line {lines.first:,} has {_count(len(fields))}, but the first line names {expected:,} columns. Mend that "
            "line: put a value that holds the separator or a line break in quotes, and close each quote."
        )
    return None


def _count(fields: int) -> str:
    return "1 field" if fields == 1 else f"{fields:,} fields"


def _is_utf8(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_left_open(row: list[str], dialect: Dialect) -> bool:
    """A row that is whole does not take in the line that we put behind it."""
    if sum(line.count('"') for line in row) % 2 == 0:
        return False
    return len(list(csv.reader([*row, "\n", "x\n"], delimiter=dialect.separator))) == 1


def _left_open(line: int) -> UnreadableTable:
    return UnreadableTable(
        f"The row that begins on line {line:,} has no end within the longest that is read. Is a quote left open there? "
        "Close it, or double a quote that belongs to a value."
    )
