"""Moments: 56 cells, weekday by three-hour block in UTC from Monday 00-03 on, then missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import MISSING, Counts, Group, Roles, Values

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BLOCKS = tuple(f"{hour:02}–{hour + 3:02}" for hour in range(0, 24, 3))
CELLS = len(DAYS) * len(BLOCKS)
MICROSECONDS_A_DAY = 86_400_000_000
THURSDAY = 3
"""The weekday of 1 January 1970."""


@dataclass(frozen=True)
class TimestampLayout:
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
        return CELLS + 1

    def count(self, values: Values) -> Counts:
        return np.bincount(self.places(values), minlength=self.size).astype(np.int64)

    def places(self, values: Values) -> Counts:
        zone = values.type.tz if pa.types.is_timestamp(values.type) else None
        moments: Any = values.cast(pa.timestamp("us", zone), safe=False).cast(pa.int64())
        missing = pc.is_null(moments).to_numpy(zero_copy_only=False)
        days, since_midnight = np.divmod(moments.fill_null(0).to_numpy(zero_copy_only=False), MICROSECONDS_A_DAY)
        cells = (days + THURSDAY) % 7 * len(BLOCKS) + since_midnight // (MICROSECONDS_A_DAY // len(BLOCKS))
        return np.where(missing, CELLS, cells).astype(np.int64)

    def labels(self) -> list[str]:
        return [*(f"{day} {block}" for day in DAYS for block in BLOCKS), MISSING]

    def roles(self) -> Roles:
        return Roles(grouped=True)

    def groups(self, reference: Sequence[int]) -> list[Group]:  # noqa: ARG002
        """By the time of day alone: every window of a day has one weekday, which says nothing."""
        blocks = [Group(label, tuple(range(place, CELLS, len(BLOCKS)))) for place, label in enumerate(BLOCKS)]
        return [*blocks, Group(MISSING, (CELLS,))]
