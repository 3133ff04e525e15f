"""How a CSV file is written: its separator, and its line of column names."""

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from watchkeeper.tables.errors import EmptyFile, NotText, UnreadableTable
from watchkeeper.tables.reading.naming import check_names

SEPARATORS = (",", ";", "\t", "|")
HEAD = 2**20
LOOKED_AT = 50


@dataclass(frozen=True)
class Dialect:
    """`body` is the byte at which the rows begin, `lines` how many lines stand before it."""

    separator: str
    names: tuple[str, ...]
    body: int
    lines: int


@dataclass(frozen=True)
class _Row:
    fields: list[str]
    lines: int
    """How many lines of the file end with this row."""


def sniff(path: Path) -> Dialect:
    """Read the beginning. Raise EmptyFile, NotText, UnreadableTable or what is wrong with the names."""
    with path.open("rb") as file:
        head = file.read(HEAD + 1)
    whole = len(head) <= HEAD
    text, bom = _decoded(head[:HEAD], whole=whole)
    candidates = {separator: _rows(text, separator, whole=whole) for separator in SEPARATORS}
    separator = max(SEPARATORS, key=lambda each: _agreement(candidates[each]))
    rows = candidates[separator]
    if not rows:
        raise _without_header(text, whole=whole)
    names = check_names([field.strip() for field in rows[0].fields])
    return Dialect(separator, names, body=bom + _length(text, rows[0].lines), lines=rows[0].lines)


def _decoded(head: bytes, *, whole: bool) -> tuple[str, int]:
    """The text, and the length of the byte order mark before it."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise NotText("The file is UTF-16 text. Save it as UTF-8 and send it again.")
    if b"\x00" in head:
        raise NotText(
            "The file holds binary data, no text. Send CSV text in UTF-8 (also in a gzip or zip file) or Parquet."
        )
    bom = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head[bom:], final=whole), bom
    except UnicodeDecodeError as error:
        line = head[: bom + error.start].count(b"\n") + 1
        raise not_utf8(line) from None


def not_utf8(line: int) -> NotText:
    return NotText(f"Line {line:,} holds bytes that are no UTF-8 text. Save the file as UTF-8 and send it again.")


def _rows(text: str, separator: str, *, whole: bool) -> list[_Row]:
    """The first rows that are whole, blank lines left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[_Row] = []
    try:
        rows.extend(_Row(fields, reader.line_num) for fields in islice(reader, LOOKED_AT))
    except csv.Error:
        return [row for row in rows if row.fields]
    cut_off = not whole and len(rows) < LOOKED_AT
    return [row for row in (rows[:-1] if cut_off else rows) if row.fields]


def _agreement(rows: Sequence[_Row]) -> tuple[bool, float, int]:
    """How well this separator explains the rows: it separates names, and each row has as many fields as there are."""
    if not rows:
        return False, 0.0, 0
    width = len(rows[0].fields)
    agreeing = sum(len(row.fields) == width for row in rows)
    return (width > 1, agreeing / len(rows), width) if width > 1 else (False, 0.0, 0)


def _without_header(text: str, *, whole: bool) -> EmptyFile | UnreadableTable:
    if whole and not text.strip():
        return EmptyFile("The file holds blank lines only. Send one with column names and the rows below them.")
    return UnreadableTable(
        "The line of column names does not end within the first megabyte. Is the file CSV, and is each quote closed?"
    )


def _length(text: str, lines: int) -> int:
    """The bytes of the first lines, whatever ends them."""
    return sum(len(line.encode()) for line in islice(io.StringIO(text, newline=""), lines))
