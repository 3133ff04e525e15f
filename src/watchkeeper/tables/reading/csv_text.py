"""A CSV file, read twice in blocks: once to decide each column's kind by all rows, once to keep the values."""

import io
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv

from watchkeeper.tables.column import Kind
from watchkeeper.tables.errors import NoRows
from watchkeeper.tables.missing import MISSING
from watchkeeper.tables.reading.deciding import Evidence
from watchkeeper.tables.reading.dialect import Dialect, sniff
from watchkeeper.tables.reading.faults import fault_in, is_left_open
from watchkeeper.tables.reading.gathering import gathered
from watchkeeper.tables.reading.parsing import read_as, without_blanks
from watchkeeper.tables.reading.source import Progress, Values

BLOCK = 2**20
"""Bytes of text that are read at once, and the longest a row may be. Arrow reads thirty-two blocks ahead."""

FEWEST_ROWS, MOST_BYTES = 10_000, 8 * 2**20
"""Blocks of a wide table hold few rows; they are worked on together, since each column of each has its price."""


def in_any_case(word: str) -> list[str]:
    return ["".join(letters) for letters in product(*({char, char.upper()} for char in word))]


NULLS = sorted(spelling for word in MISSING for spelling in in_any_case(word))


class CsvText:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._dialect: Dialect = sniff(path)

    @property
    def names(self) -> tuple[str, ...]:
        return self._dialect.names

    def kinds(self, progress: Progress) -> tuple[Kind, ...]:
        evidence = [Evidence(name) for name in self.names]
        rows = 0
        for texts in self._texts(progress):
            rows += len(texts[0])
            for column, text in zip(evidence, texts, strict=True):
                column.look(text)
        if not rows:
            raise NoRows("The file has column names and no row below them. Send it with its rows.")
        return tuple(column.kind() for column in evidence)

    def blocks(self, kinds: Sequence[Kind], progress: Progress) -> Iterator[list[Values]]:
        for texts in self._texts(progress):
            yield [read_as(kind, text) for kind, text in zip(kinds, texts, strict=True)]

    def _texts(self, progress: Progress) -> Iterator[list[Values]]:
        """Raise the fault of the file, with its line, where it cannot be read on."""
        with _Watched(self._path, start=self._dialect.body) as file:
            if file.is_at_end:
                return
            try:
                for batch in gathered(self._reader(file), rows=FEWEST_ROWS, size=MOST_BYTES):
                    yield [without_blanks(column) for column in batch.columns]
                    progress(file.share)
            except pa.ArrowInvalid as error:
                raise fault_in(self._path, self._dialect, longest=BLOCK, said=str(error)) from None
            quotes = file.quotes
        if quotes % 2 and is_left_open(self._path, self._dialect, longest=BLOCK):
            raise fault_in(self._path, self._dialect, longest=BLOCK, said="a quote is left open")

    def _reader(self, file: "_Watched") -> arrow_csv.CSVStreamingReader:
        """Columns are named by place: how the names are written was dealt with."""
        names = [str(place) for place in range(len(self.names))]
        return arrow_csv.open_csv(
            file,
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=arrow_csv.ParseOptions(delimiter=self._dialect.separator, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=NULLS, strings_can_be_null=True
            ),
        )


class _Watched(io.FileIO):
    """A file that knows how much of it was read, and whether a quote may have been left open."""

    def __init__(self, path: Path, *, start: int) -> None:
        super().__init__(path)
        self._size = path.stat().st_size
        self._read = self.seek(start)
        self.quotes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size) or b""
        self._read += len(piece)
        self.quotes += piece.count(b'"')
        return piece

    @property
    def is_at_end(self) -> bool:
        return self._read >= self._size

    @property
    def share(self) -> float:
        return self._read / self._size
