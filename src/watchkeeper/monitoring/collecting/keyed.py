"""Rows counted by a number that each has, such as that of its hour: those of all numbers of a turn in one go."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from watchkeeper.monitoring.collecting.stacking import Part, fitted, values_of
from watchkeeper.monitoring.ports import Counts
from watchkeeper.monitoring.references.watching import Watched
from watchkeeper.serving.deployment import Role
from watchkeeper.tables.bins import BinSet

KEYS_AT_ONCE = 256
"""Whose counts are held at once: a replayed past has thousands of them."""
NOWHERE = -1
Placed: TypeAlias = Sequence[tuple[BinSet, Counts]]
"""Each column with the bin of each row, `NOWHERE` in the rows of a frame that has no such input."""


def placed(parts: Sequence[Part], *, role: str, watch: Watched) -> Placed:
    """Features with the champion, which answers every row; the prediction last."""
    features = [(bins, _bins_of(bins, parts, counted=role == Role.CHAMPION)) for bins in watch.features]
    outputs = [frame.outputs[row] for frame, rows in parts for row in rows]
    return [*features, (watch.prediction, watch.prediction.places(pa.array(outputs, pa.float64())))]


def counted_by(keys: Counts, columns: Placed) -> Iterator[tuple[int, int, Counts]]:
    """Each key that rows have, with how many have it and their counts, those of all columns end to end."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    columns = [(bins, places[order]) for bins, places in columns]
    starts = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 1))
    for first in range(0, len(starts), KEYS_AT_ONCE):
        ends = np.append(starts, len(keys))[first : first + KEYS_AT_ONCE + 1].tolist()
        counts = _counted([(bins, places[ends[0] : ends[-1]]) for bins, places in columns], np.diff(ends))
        for (start, end), mine in zip(pairwise(ends), counts, strict=True):
            yield int(keys[start]), end - start, mine


def _bins_of(bins: BinSet, parts: Sequence[Part], *, counted: bool) -> Counts:
    name = bins.column.name
    named = np.array([counted and name in frame.inputs for frame, _ in parts], dtype=bool)
    there = np.repeat(named, [len(rows) for _, rows in parts])
    found = np.full(len(there), NOWHERE, dtype=np.int64)
    if counted:
        found[there] = bins.places(fitted(values_of(parts, name), bins.column.kind))
    return found


def _counted(columns: Placed, rows: Counts) -> Counts:
    """Of shape (keys, bins of all columns), from the bins of the rows of each key, one key after the other."""
    key = np.repeat(np.arange(len(rows)), rows)
    found = []
    for bins, places in columns:
        there = places != NOWHERE
        cells = np.bincount(key[there] * bins.size + places[there], minlength=len(rows) * bins.size)
        found.append(cells.reshape(len(rows), bins.size))
    return np.hstack(found)
