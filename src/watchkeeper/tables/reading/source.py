"""What every kind of file can do once it is open."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

import pyarrow as pa

from watchkeeper.tables.column import Kind

Values: TypeAlias = "pa.Array[Any]"
Progress = Callable[[float], None]
"""Is told the share that is done, from 0 to 1."""

TYPES: dict[Kind, pa.DataType] = {
    Kind.NUMERIC: pa.float64(),
    Kind.INTEGER: pa.int64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.TIMESTAMP: pa.timestamp("us", "UTC"),
    Kind.TEXT: pa.string(),
}


class Source(Protocol):
    @property
    def names(self) -> tuple[str, ...]: ...

    def kinds(self, progress: Progress) -> tuple[Kind, ...]:
        """The kind in which each column is kept, by all of its rows. TEXT stands for every kind kept as text: which
        of them it is needs the counts of its values, and those are taken from the kept file."""
        ...

    def blocks(self, kinds: Sequence[Kind], progress: Progress) -> Iterator[list[Values]]:
        """The rows in order, some megabytes at a time: a list with an array a column, in the types of `TYPES`."""
        ...
