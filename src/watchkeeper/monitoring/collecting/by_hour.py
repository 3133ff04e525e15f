"""Rows counted by the hour in which they happened."""

from collections.abc import Iterator, Sequence

import numpy as np

from watchkeeper.monitoring.collecting.keyed import Placed, counted_by
from watchkeeper.monitoring.collecting.stacking import Part
from watchkeeper.monitoring.compact import packed
from watchkeeper.monitoring.ports import HourSheet

HOUR = 3_600_000_000
"""Microseconds."""


def hour_sheets(parts: Sequence[Part], columns: Placed, *, release: int, role: str) -> Iterator[HourSheet]:
    """Of one role of one release."""
    hours = np.array([frame.at[row] // HOUR for frame, rows in parts for row in rows], dtype=np.int64)
    for hour, rows, counts in counted_by(hours, columns):
        yield HourSheet(release, role, hour, rows, packed(counts))
