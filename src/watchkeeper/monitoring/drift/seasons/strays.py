"""Days far from all others: of a wrong clock, or a date that stands for none."""

import numpy as np

from watchkeeper.monitoring.drift.seasons.strata import Days
from watchkeeper.monitoring.drift.sides import Flags

FAR = 182
"""Days without a row from which what lies beyond stands apart."""
FEW = 0.02
"""Of the rows of the largest part, and of all together: what has more is a time of its own."""


def strays(days: Days) -> Flags:
    """Which rows lie far from the bulk and are few, of shape (rows,), from the day of each."""
    held, place, rows = np.unique(days, return_inverse=True, return_counts=True)
    part = np.cumsum(np.diff(held, prepend=held[:1]) > FAR)
    sizes = np.bincount(part, weights=rows)
    up_to = np.cumsum(np.sort(sizes))[np.searchsorted(np.sort(sizes), sizes, side="right") - 1]
    few = (sizes <= FEW * sizes.max(initial=0.0)) & (up_to <= FEW * days.size)
    found: Flags = few[part][place.reshape(-1)]
    return found
