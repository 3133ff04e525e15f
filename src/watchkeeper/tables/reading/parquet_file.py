"""A Parquet file, read in blocks, its Arrow types taken as kinds."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.tables.column import Kind
from watchkeeper.tables.errors import BrokenParquet, NoRows, TooLargeUnpacked, UnsupportedColumn
from watchkeeper.tables.kinds import is_called_like_an_id
from watchkeeper.tables.reading.arrow_types import kind_of, plain
from watchkeeper.tables.reading.deciding import Evidence
from watchkeeper.tables.reading.naming import check_names
from watchkeeper.tables.reading.source import Progress, Values
from watchkeeper.tables.reading.unpacking import most_unpacked

BLOCK = 32 * 2**20
MOST_ROWS = 65_536
BROKEN = (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError)


class ParquetFile:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._most = most_unpacked(path.stat().st_size)
        try:
            with pq.ParquetFile(path) as file:
                self._schema, self._metadata = file.schema_arrow, file.metadata
        except BROKEN as error:
            raise _broken(error) from None
        self.names = check_names(self._schema.names)
        self._declared = {field.name: kind_of(field) for field in self._schema}

    def kinds(self, progress: Progress) -> tuple[Kind, ...]:
        """Most types say it; whole numbers that may be too large, or whose column is called like an id, are looked
        at."""
        if not self._metadata.num_rows:
            raise NoRows("The Parquet file has columns and no row. Send it with its rows.")
        unsure = {name: Evidence(name) for name, kind in self._declared.items() if self._is_unsure(name, kind)}
        if unsure:
            for batch in self._batches(list(unsure), progress):
                for name, column in zip(unsure, batch.columns, strict=True):
                    unsure[name].look(plain(column, Kind.TEXT))
        decided = {name: evidence.kind() for name, evidence in unsure.items()}
        return tuple(decided.get(name) or kind or Kind.TEXT for name, kind in self._declared.items())

    def blocks(self, kinds: Sequence[Kind], progress: Progress) -> Iterator[list[Values]]:
        size = 0
        for batch in self._batches(list(self.names), progress):
            block = [self._read(name, batch.column(name), kind) for name, kind in zip(self.names, kinds, strict=True)]
            size += sum(column.nbytes for column in block)
            if size > self._most:
                raise TooLargeUnpacked(
                    f"The file unpacks to more than {self._most:,} bytes, the most that is taken from one of its size. "
                    "Split it."
                )
            yield block

    def _is_unsure(self, name: str, kind: Kind | None) -> bool:
        return kind is None or (kind is Kind.INTEGER and is_called_like_an_id(name))

    def _read(self, name: str, column: Values, kind: Kind) -> Values:
        try:
            return plain(column, kind)
        except pa.ArrowInvalid as error:
            raise UnsupportedColumn(
                f"'{name}' holds a value that a {kind.value} column cannot take ({error}). Write it as another type.",
                fields=(name,),
            ) from None

    def _batches(self, names: list[str], progress: Progress) -> Iterator[pa.RecordBatch]:
        done, rows = 0, self._metadata.num_rows
        try:
            with pq.ParquetFile(self._path, buffer_size=2**20, pre_buffer=False) as file:
                for batch in file.iter_batches(batch_size=self._rows_at_a_time(), columns=names):
                    yield batch.select(names)
                    done += batch.num_rows
                    progress(done / rows)
        except BROKEN as error:
            raise _broken(error) from None

    def _rows_at_a_time(self) -> int:
        groups = [self._metadata.row_group(place) for place in range(self._metadata.num_row_groups)]
        a_row = sum(group.total_byte_size for group in groups) / self._metadata.num_rows
        return max(1, min(MOST_ROWS, int(BLOCK / max(a_row, 1))))


def _broken(error: Exception) -> BrokenParquet:
    return BrokenParquet(f"The Parquet file is damaged or cut short ({error}). Write it again and send it anew.")
