"""Rows counted by the hour in which they happened, those of all hours of a turn in one go."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from watchkeeper.monitoring.compact import packed
from watchkeeper.monitoring.ports import Counts, HourSheet
from watchkeeper.monitoring.stacking import Part, fitted, values_of
from watchkeeper.monitoring.watching import Watched
from watchkeeper.serving.deployment import Role
from watchkeeper.tables.bins import BinSet

HOUR = 3_600_000_000
"""Microseconds."""
HOURS_AT_ONCE = 256
"""Whose counts are held at once: a replayed past has thousands of them."""
NOWHERE = -1


def hour_sheets(parts: Sequence[Part], *, release: int, role: str, watch: Watched) -> Iterator[HourSheet]:
    """Of one role of one release."""
    hours = np.array([frame.at[row] // HOUR for frame, rows in parts for row in rows], dtype=np.int64)
    order = np.argsort(hours, kind="stable")
    hours = hours[order]
    columns = [(bins, placed[order]) for bins, placed in _placed(parts, role=role, watch=watch)]
    starts = np.flatnonzero(np.diff(hours, prepend=hours[:1] - 1))
    for first in range(0, len(starts), HOURS_AT_ONCE):
        ends = np.append(starts, len(hours))[first : first + HOURS_AT_ONCE + 1].tolist()
        counts = _counted([(bins, placed[ends[0] : ends[-1]]) for bins, placed in columns], np.diff(ends))
        for (start, end), mine in zip(pairwise(ends), counts, strict=True):
            yield HourSheet(release, role, int(hours[start]), end - start, packed(mine))


def _placed(parts: Sequence[Part], *, role: str, watch: Watched) -> Iterator[tuple[BinSet, Counts]]:
    """Each column with the bin of each row: features with the champion, which answers every row."""
    for bins in watch.features:
        yield bins, _bins_of(bins, parts, counted=role == Role.CHAMPION)
    outputs = [frame.outputs[row] for frame, rows in parts for row in rows]
    yield watch.prediction, watch.prediction.places(pa.array(outputs, pa.float64()))


def _bins_of(bins: BinSet, parts: Sequence[Part], *, counted: bool) -> Counts:
    """NOWHERE in the rows of a frame that has no such input."""
    name = bins.column.name
    named = np.array([counted and name in frame.inputs for frame, _ in parts], dtype=bool)
    there = np.repeat(named, [len(rows) for _, rows in parts])
    placed = np.full(len(there), NOWHERE, dtype=np.int64)
    if counted:
        placed[there] = bins.places(fitted(values_of(parts, name), bins.column.kind))
    return placed


def _counted(columns: Sequence[tuple[BinSet, Counts]], rows: Counts) -> Counts:
    """Of shape (hours, bins of all columns), from the bins of the rows of each hour, one hour after the other."""
    hour = np.repeat(np.arange(len(rows)), rows)
    found = []
    for bins, placed in columns:
        there = placed != NOWHERE
        cells = np.bincount(hour[there] * bins.size + placed[there], minlength=len(rows) * bins.size)
        found.append(cells.reshape(len(rows), bins.size))
    return np.hstack(found)
