"""What every layout of bins can do. The last bin is always the missing values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from watchkeeper.tables.column import Kind

Counts = npt.NDArray[np.int64]
Values: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"

MISSING = "missing"


@dataclass(frozen=True)
class Group:
    """Bins that are judged together. `ends` where it is an interval of numbers that can be drawn to scale."""

    label: str
    bins: tuple[int, ...]
    ends: tuple[float, float] | None = None


@dataclass(frozen=True)
class Roles:
    """What the bins are to one who compares two sides.

    Attributes:
        ordered: those of present values lie in order.
        grouped: only the groups are compared, for the bins tell of the calendar.
        unseen: the bins that the values they were fitted to left empty by construction.
        rare: the bins that hold many values that have nothing in common.
        once: how many levels these values held once.
        twice: how many they held twice.
        places: where the bins of present values stand on their scale, where they lie in order.
    """

    ordered: bool = False
    grouped: bool = False
    unseen: tuple[int, ...] = ()
    rare: tuple[int, ...] = ()
    once: int = 0
    twice: int = 0
    places: tuple[float, ...] = ()


class Layout(Protocol):
    @classmethod
    def fit(cls, values: Values, *, kind: Kind) -> tuple[Self, Counts]:
        """The bins that suit these values, and the values' counts in them; defined for every column, empty and all
        missing included."""
        ...

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self: ...

    def to_json(self) -> dict[str, Any]: ...

    @property
    def size(self) -> int: ...

    def count(self, values: Values) -> Counts:
        """How many of the values lie in each bin; each value in exactly one."""
        ...

    def places(self, values: Values) -> Counts:
        """The bin of each value, of shape (values,)."""
        ...

    def labels(self) -> list[str]: ...

    def roles(self) -> Roles: ...

    def groups(self, reference: Sequence[int]) -> list[Group]:
        """A coarse partition of the bins that the reference counts alone decide."""
        ...
