"""The arrays that pass between the parts of this room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

LARGEST = 1e100
"""What lies beyond, infinities among it, counts as missing, so that no square overflows."""
SMALLEST_SPREAD = 1e-100
"""What spreads less counts as constant, so that no quotient overflows."""


@dataclass(frozen=True)
class Rows:
    """Rows as numbers, whatever the learner.

    Attributes:
        values: of shape (inputs, rows). A number as it is, a truth value as 0 or 1, a level as its place among the
            signature's levels, a timestamp as microseconds since 1970, UTC; NaN where missing or unknown.
        at: each row's event time, in microseconds since 1970, UTC.
    """

    values: Numbers
    at: Ints

    def __len__(self) -> int:
        return self.at.size

    def take(self, places: "Ints | slice") -> "Rows":
        return Rows(self.values[:, places], self.at[places])


MANY: Final = 128
"""Values, from which on `floats_of` takes less than NumPy, which asks each value what it is."""
CELL: Final = np.dtype([("kind", np.uint8), ("value", ">f8")])
DOUBLE: Final = 0xCB

_pack = msgspec.msgpack.Encoder().encode


def floats_of(values: Sequence[Any]) -> Numbers | None:
    """The values as an array where each is a float, and nothing else; else None.

    They are taken from msgpack, which is written in a sixth of the time, and says before each value what it is: where
    the first is a float, the second begins nine bytes on, and so does each that follows floats.
    """
    count = len(values)
    heading = 1 if count < 16 else 3 if count < 65_536 else 5
    try:
        packed = _pack(values)
    except (TypeError, OverflowError, ValueError, RecursionError):
        return None
    if len(packed) != heading + count * CELL.itemsize:
        return None
    cells = np.frombuffer(packed, CELL, offset=heading)
    if not (cells["kind"] == DOUBLE).all():
        return None
    found: Numbers = cells["value"].astype(np.float64)
    return found
