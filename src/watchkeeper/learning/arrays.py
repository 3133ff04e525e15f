"""The arrays that pass between the parts of this room."""

from dataclasses import dataclass
from typing import TypeAlias

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
