"""The segment in which a column's drift is concentrated, if there is one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.drift.effect import distances
from watchkeeper.monitoring.drift.sides import Rows

MOST_OF_IT, MOST_ROWS = 0.5, 2 / 3
TIMES_ITS_ROWS = 4.0
"""In odds: a fifth of the rows has to have half of the drift, half of the rows four fifths."""
SURE = 3.0
"""Deviations by which a segment lies from its own reference: of fifty segments without drift, one in fifteen windows
has one that does."""


@dataclass(frozen=True)
class Segment:
    """`rows` is its share of the window's rows, `drift` its share of all segments' drift, each by its rows."""

    name: str
    rows: float
    drift: float


def concentrated(reference: Rows, window: Rows, names: Sequence[str]) -> Segment | None:
    """The segment that has most of the drift, and far more of it than of the rows; None where the drift is in all
    alike, or too little to say.

    Args:
        reference: counts of shape (segments, groups).
        window: likewise.
        names: of the segments.
    """
    rows = window.sum(axis=-1)
    of = distances(reference, window)
    if not rows.sum() or not of.known.any():
        return None
    shares = rows / rows.sum()
    drift = np.where(of.known, np.maximum(of.estimate, 0.0), 0.0) * shares
    whole = float(drift.sum())
    best = min(range(len(names)), key=lambda place: (-drift[place], names[place]))
    if whole <= 0 or of.estimate[best] <= SURE * of.deviation[best]:
        return None
    found = Segment(names[best], float(shares[best]), float(drift[best]) / whole)
    return found if _is_apart(found) else None


def _is_apart(of: Segment) -> bool:
    most = of.drift >= MOST_OF_IT and of.rows <= MOST_ROWS
    return most and of.drift * (1 - of.rows) >= TIMES_ITS_ROWS * of.rows * (1 - of.drift)
