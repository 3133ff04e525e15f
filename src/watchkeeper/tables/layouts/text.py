"""Text, by its length in characters, laid out like whole numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import MISSING, Counts, Group, Roles, Values
from watchkeeper.tables.layouts.numeric import BETWEEN, NumericLayout


@dataclass(frozen=True)
class TextLayout:
    lengths: NumericLayout

    @classmethod
    def fit(cls, values: Values, *, kind: Kind) -> tuple[Self, Counts]:  # noqa: ARG003
        lengths, counts = NumericLayout.fit(_lengths(values), kind=Kind.INTEGER)
        return cls(lengths), counts

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(NumericLayout.from_json(kept["lengths"]))

    def to_json(self) -> dict[str, Any]:
        return {"lengths": self.lengths.to_json()}

    @property
    def size(self) -> int:
        return self.lengths.size

    def count(self, values: Values) -> Counts:
        return self.lengths.count(_lengths(values))

    def places(self, values: Values) -> Counts:
        return self.lengths.places(_lengths(values))

    def labels(self) -> list[str]:
        return [_worded(label) for label in self.lengths.labels()]

    def roles(self) -> Roles:
        return self.lengths.roles()

    def groups(self, reference: Sequence[int]) -> list[Group]:
        return [replace(group, label=_worded(group.label)) for group in self.lengths.groups(reference)]


def _lengths(values: Values) -> Values:
    lengths: Values = pc.call_function("utf8_length", [values.cast(pa.string())])
    return lengths


def _worded(label: str) -> str:
    return label if label in {BETWEEN, MISSING} else f"length {label}"
