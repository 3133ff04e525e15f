"""What a model takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from watchkeeper.tables.column import Kind

REGRESSION, BINARY = "regression", "binary"
TASKS = (REGRESSION, BINARY)


@dataclass(frozen=True)
class Input:
    """One column as the model was fitted on it.

    Attributes:
        levels: of a categorical one, commonest first; None for other kinds.
        low, high: the extremes of a numeric or integer one; None for other kinds, or where no value was known.
        nullable: whether values were missing among what it was fitted on.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None
    nullable: bool = False

    def to_json(self) -> dict[str, Any]:
        levels = list(self.levels) if self.levels is not None else None
        return {**vars(self), "kind": self.kind.value, "levels": levels}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        levels = tuple(kept["levels"]) if kept["levels"] is not None else None
        return cls(**{**kept, "kind": Kind(kept["kind"]), "levels": levels})


@dataclass(frozen=True)
class Signature:
    """`labels` are the negative and the positive class where classes are predicted. `time` is the column of the event
    time, which is no input: its calendar is, in `time_zone`."""

    task: str
    target: str
    time: str | None
    time_zone: str
    labels: tuple[str, str] | None
    inputs: tuple[Input, ...]

    def to_json(self) -> dict[str, Any]:
        labels = list(self.labels) if self.labels is not None else None
        return {**vars(self), "labels": labels, "inputs": [each.to_json() for each in self.inputs]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        labels = (kept["labels"][0], kept["labels"][1]) if kept["labels"] is not None else None
        inputs = tuple(Input.from_json(each) for each in kept["inputs"])
        return cls(**{**kept, "labels": labels, "inputs": inputs})
