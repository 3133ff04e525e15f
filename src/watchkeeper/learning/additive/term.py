"""What each term of the sum can do, before and after it is fitted."""

from typing import Any, Protocol

from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.encoding import Encoder


class Effect(Protocol):
    """What one input adds to the answer."""

    @property
    def place(self) -> int | None:
        """Of that input; None for the event time."""
        ...

    def of(self, rows: Rows, encoder: Encoder) -> Numbers: ...

    def to_json(self) -> dict[str, Any]:
        """With its `kind`, by which it is found again."""
        ...


class Term(Protocol):
    """An input spread over columns, whose weighted sum is its effect."""

    @property
    def width(self) -> int: ...

    def fill(self, design: Numbers, rows: Rows, encoder: Encoder) -> None:
        """Write the columns into `design`, zeros of shape (rows, width)."""
        ...

    def weighted(self, weights: Numbers) -> Effect:
        """The effect with these weights, of shape (width,)."""
        ...
