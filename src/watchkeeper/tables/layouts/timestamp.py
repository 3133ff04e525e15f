"""Moments: 56 cells, weekday by three-hour block in UTC from Monday 00-03 on, then missing.

Where all of the reference's stand at midnight they are dates, and laid out by day as numbers are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import MISSING, Counts, Group, Roles, Values
from watchkeeper.tables.layouts.numeric import NumericLayout, finite
from watchkeeper.tables.layouts.ranked import ranked
from watchkeeper.tables.layouts.scale import Scale

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BLOCKS = tuple(f"{hour:02}–{hour + 3:02}" for hour in range(0, 24, 3))
CELLS = len(DAYS) * len(BLOCKS)
MICROSECONDS_A_DAY = 86_400_000_000
THURSDAY = 3
"""The weekday of 1 January 1970."""


@dataclass(frozen=True)
class TimestampLayout:
    days: NumericLayout | None = None

    @classmethod
    def fit(cls, values: Values, *, kind: Kind) -> tuple[Self, Counts]:  # noqa: ARG003
        moments = _moments(values).drop_null()
        at_midnight = len(moments) and not (np.asarray(moments) % MICROSECONDS_A_DAY).any()
        days = NumericLayout.of(ranked(finite(_days(values))), whole=True, scale=Scale.DAY) if at_midnight else None
        layout = cls(days)
        return layout, layout.count(values)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(NumericLayout.from_json(kept["days"])) if "days" in kept else cls()

    def to_json(self) -> dict[str, Any]:
        return {"days": self.days.to_json()} if self.days else {}

    @property
    def size(self) -> int:
        return self.days.size if self.days else CELLS + 1

    def count(self, values: Values) -> Counts:
        if self.days:
            return self.days.count(_days(values))
        return np.bincount(self.places(values), minlength=self.size).astype(np.int64)

    def places(self, values: Values) -> Counts:
        if self.days:
            return self.days.places(_days(values))
        moments = _moments(values)
        missing = pc.is_null(moments).to_numpy(zero_copy_only=False)
        days, since_midnight = np.divmod(moments.fill_null(0).to_numpy(zero_copy_only=False), MICROSECONDS_A_DAY)
        cells = (days + THURSDAY) % 7 * len(BLOCKS) + since_midnight // (MICROSECONDS_A_DAY // len(BLOCKS))
        return np.where(missing, CELLS, cells).astype(np.int64)

    def labels(self) -> list[str]:
        if self.days:
            return self.days.labels()
        return [*(f"{day} {block}" for day in DAYS for block in BLOCKS), MISSING]

    def roles(self) -> Roles:
        return self.days.roles() if self.days else Roles(grouped=True)

    def groups(self, reference: Sequence[int]) -> list[Group]:
        """Of moments by the time of day alone: every window of a day has one weekday, which says nothing."""
        if self.days:
            return self.days.groups(reference)
        blocks = [Group(label, tuple(range(place, CELLS, len(BLOCKS)))) for place, label in enumerate(BLOCKS)]
        return [*blocks, Group(MISSING, (CELLS,))]


def _moments(values: Values) -> Any:
    """Microseconds since 1970."""
    zone = values.type.tz if pa.types.is_timestamp(values.type) else None
    return values.cast(pa.timestamp("us", zone), safe=False).cast(pa.int64())


def _days(values: Values) -> Values:
    """Since 1970."""
    moments = _moments(values)
    parts: Any = pc.call_function(
        "divide", [moments.cast(pa.float64(), safe=False), pa.scalar(float(MICROSECONDS_A_DAY))]
    )
    found: Values = pc.call_function("floor", [parts])
    return found
