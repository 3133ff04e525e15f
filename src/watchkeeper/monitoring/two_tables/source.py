"""What can be compared, as columns: data frames, Arrow tables, and Parquet files, read one column at a time."""

from collections.abc import Sequence
from os import PathLike
from threading import Lock
from typing import Any, Protocol, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from watchkeeper.monitoring.two_tables.errors import ColumnTwice, NoParquet, NoTable

Values: TypeAlias = "pa.ChunkedArray[Any]"


class Unreadable(Exception):
    """A column whose values are of no one type; says so in words. `values` are those of one of several types."""

    def __init__(self, said: str, values: Sequence[Any] = ()) -> None:
        super().__init__(said)
        self.values = values


NO_UNICODE = "it has text that is no Unicode in the {}; decode it anew"


class Source(Protocol):
    """`in_memory`: its columns are there anyway, and take no more for being read."""

    names: tuple[str, ...]
    rows: int
    in_memory: bool

    def column(self, name: str) -> Values:
        """Its values; raises Unreadable where they are no column."""
        ...


class Held:
    """An Arrow table in memory."""

    in_memory = True

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.names, self.rows = tuple(table.column_names), table.num_rows

    def column(self, name: str) -> Values:
        return self._table.column(name)


class Filed:
    """A Parquet file."""

    in_memory = False

    def __init__(self, path: str) -> None:
        self._path, self._in_turn = path, Lock()
        try:
            self._file = pq.ParquetFile(path)
        except (OSError, pa.ArrowException) as error:
            raise NoParquet(f"'{path}' can't be read as a Parquet file: {error}. Give the path of one.") from None
        self.names, self.rows = tuple(self._file.schema_arrow.names), self._file.metadata.num_rows

    def column(self, name: str) -> Values:
        # A name with a dot in it would be taken for a path into a nested column.
        try:
            with self._in_turn:
                return self._file.read(columns=[name]).column(name)
        except (OSError, pa.ArrowException) as error:
            why = " ".join(str(error).split()).rstrip(".")
            raise NoParquet(
                f"The column '{name}' of '{self._path}' can't be read: {why}. The file is damaged; write it again."
            ) from None


class Lettered:
    """A stranger's table: Arrow takes the bytes of text as they come, and fails where they are read. Each column is
    looked at once, though it is read several times."""

    def __init__(self, of: Source, *, called: str) -> None:
        self._of, self._called, self._sound = of, called, set[str]()
        self.names, self.rows, self.in_memory = of.names, of.rows, of.in_memory

    def column(self, name: str) -> Values:
        values = self._of.column(name)
        if name in self._sound:
            return values
        held: Any = values.type.value_type if types.is_dictionary(values.type) else values.type
        if types.is_string(held) or types.is_large_string(held) or types.is_string_view(held):
            try:
                values.validate(full=True)
            except pa.ArrowInvalid:
                raise Unreadable(NO_UNICODE.format(self._called)) from None
        self._sound.add(name)
        return values


class Framed:
    """A pandas data frame; its index is left aside."""

    in_memory = True

    def __init__(self, frame: Any, *, called: str) -> None:
        self._frame, self._called = frame, called
        self.names, self.rows = tuple(map(str, frame.columns)), len(frame)

    def column(self, name: str) -> Values:
        values = self._frame.iloc[:, self.names.index(name)]
        if hasattr(values, "sparse"):
            values = values.sparse.to_dense()
        try:
            found = pa.array(values, from_pandas=True)
        except OverflowError:
            raise Unreadable(f"it has whole numbers beyond 64 bits in the {self._called}; make them floats") from None
        except UnicodeError:
            raise Unreadable(NO_UNICODE.format(self._called)) from None
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            raise Unreadable(_types_said(values, self._called), values.tolist()) from None
        return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def _types_said(values: Any, called: str) -> str:
    """What keeps Arrow from holding them."""
    held = {type(value).__name__ for value in values.dropna().tolist()} or {str(values.dtype)}
    if len(held) > 1:
        return f"its values are of several types in the {called}"
    return f"its values are of the type {held.pop()} in the {called}, which can't be compared"


def source(data: Any, *, called: str) -> Source:
    """`called` is how an error names it.

    Raises:
        NoTable, NoParquet, ColumnTwice: it is no table.
    """
    found = _source(data, called=called)
    twice = sorted({name for name in found.names if found.names.count(name) > 1})
    if twice:
        raise ColumnTwice(
            f"The {called} has several columns called '{twice[0]}'. Rename them, so that each name is there once.",
            fields=tuple(twice),
        )
    return found


def _source(data: Any, *, called: str) -> Source:
    if isinstance(data, str | PathLike):
        return Lettered(Filed(str(data)), called=called)
    if isinstance(data, pa.Table):
        return Lettered(Held(data), called=called)
    if type(data).__module__.partition(".")[0] == "pandas" and hasattr(data, "columns"):
        return Framed(data, called=called)
    if hasattr(data, "__arrow_c_stream__") and not isinstance(data, type):
        try:
            return Lettered(Held(pa.table(data)), called=called)
        except (pa.ArrowException, TypeError, ValueError) as error:
            if hasattr(data, "columns"):
                raise NoTable(
                    f"The {called} has a column that can't be read as one of Arrow's: {error}. Cast it to another type."
                ) from None
    raise NoTable(
        f"The {called} is a {type(data).__name__}. Give a pandas or polars data frame, an Arrow table, or the path of "
        "a Parquet file."
    )
