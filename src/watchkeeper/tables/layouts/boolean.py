"""Truth values: [false, true, missing]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa

from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import MISSING, Counts, Group, Roles, Values


@dataclass(frozen=True)
class BooleanLayout:
    @classmethod
    def fit(cls, values: Values, *, kind: Kind) -> tuple[Self, Counts]:  # noqa: ARG003
        layout = cls()
        return layout, layout.count(values)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:  # noqa: ARG003
        return cls()

    def to_json(self) -> dict[str, Any]:
        return {}

    @property
    def size(self) -> int:
        return 3

    def count(self, values: Values) -> Counts:
        truths = values.cast(pa.bool_()).drop_null().to_numpy(zero_copy_only=False)
        true = int(np.count_nonzero(truths))
        return np.array([truths.size - true, true, len(values) - truths.size], dtype=np.int64)

    def places(self, values: Values) -> Counts:
        truths: Any = values.cast(pa.bool_()).cast(pa.int8())
        return np.asarray(truths.fill_null(2).to_numpy(zero_copy_only=False), dtype=np.int64)

    def labels(self) -> list[str]:
        return ["false", "true", MISSING]

    def roles(self) -> Roles:
        return Roles()

    def groups(self, reference: Sequence[int]) -> list[Group]:  # noqa: ARG002
        return [Group(label, (place,)) for place, label in enumerate(self.labels())]
