"""What a facet of a column is: one question that its counts are asked."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from watchkeeper.monitoring.drift.sides import Floats, Sides


class Region(StrEnum):
    """Whose size says whether it matters."""

    SHAPE = "shape"
    MISSING = "missing"
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Facet:
    """A question of a column.

    Attributes:
        name: in words, as a reader sees it.
        weight: its part of the column's chance of a false alarm; those of a column sum to 1.
        region: whose size says whether it matters.
        p_values: of shape (columns,); each is at most u with a chance of at most u where nothing has drifted.
    """

    name: str
    weight: float
    region: Region
    p_values: Callable[[Sides], Floats]
