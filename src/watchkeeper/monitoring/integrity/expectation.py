"""What is expected of one column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from watchkeeper.monitoring.integrity.errors import ExpectationRefused
from watchkeeper.tables.column import Kind


@dataclass(frozen=True)
class Expectation:
    """None, where a thing is allowed to be as it likes.

    Attributes:
        name: the column's.
        kind: what its values are.
        required: whether the column has to be there.
        lowest: the smallest number allowed; of text, the fewest characters.
        highest: the largest one.
        levels: those allowed, in order.
        most_missing: the share of missing values that is allowed.
        unique: whether no value may stand twice.
        stalest: how many seconds old the newest moment may be.
    """

    name: str
    kind: Kind
    required: bool = True
    lowest: float | None = None
    highest: float | None = None
    levels: tuple[str, ...] | None = None
    most_missing: float = 1.0
    unique: bool = False
    stalest: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.most_missing <= 1.0:
            raise self._refused(f"a share of {self.most_missing:g} missing; give one between 0 and 1")
        if self.lowest is not None and self.highest is not None and not self.lowest <= self.highest:
            raise self._refused(f"numbers from {self.lowest:g} to {self.highest:g}; give the lower one first")
        if self.stalest is not None and not self.stalest > 0:
            raise self._refused(f"moments at most {self.stalest:g} seconds old; give more than 0")

    def _refused(self, what: str) -> ExpectationRefused:
        return ExpectationRefused(f"'{self.name}' can't be expected to have {what}.", fields=(self.name,))

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind.value,
            "required": self.required,
            "lowest": self.lowest,
            "highest": self.highest,
            "levels": None if self.levels is None else list(self.levels),
            "most_missing": self.most_missing,
            "unique": self.unique,
            "stalest": self.stalest,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        levels = kept["levels"]
        return cls(**{**kept, "kind": Kind(kept["kind"]), "levels": None if levels is None else tuple(levels)})
