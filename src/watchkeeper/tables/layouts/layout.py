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


class Layout(Protocol):
    @classmethod
    def fit(cls, values: Values, *, kind: Kind) -> Self:
        """The bins that suit these values; defined for every column, empty and all missing included."""
        ...

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self: ...

    def to_json(self) -> dict[str, Any]: ...

    @property
    def size(self) -> int: ...

    def count(self, values: Values) -> Counts:
        """How many of the values lie in each bin; each value in exactly one."""
        ...

    def labels(self) -> list[str]: ...

    def groups(self, reference: Sequence[int]) -> list[Group]:
        """A coarse partition of the bins that the reference counts alone decide."""
        ...
