"""Bins that hold too little evidence are judged together.

What stands alone is a function of both sides' counts together: were it chosen on the reference's alone, levels that
were often there by luck would be chosen, fall back in the window, and pass for drift.
"""

import numpy as np

from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats, Rows, Sides

LEAST = 10
"""Rows that a group is expected to hold on the smaller side. Five are too few for the far tails of large families."""


def evidence(sides: Sides) -> Floats:
    """How many rows each bin is expected to hold on the smaller side, of shape (columns, bins)."""
    total = np.maximum(sides.m + sides.n, 1)
    found: Floats = sides.pooled * (np.minimum(sides.m, sides.n) / total)[:, np.newaxis]
    return found


def merged(sides: Sides) -> tuple[Rows, Rows]:
    """Reference and window in groups of enough evidence, of shape (columns, bins + 1); the others are empty."""
    numbers = _neighbours(evidence(sides)) if sides.ordered else _levels(sides, evidence(sides))
    return summed(sides.reference, numbers), summed(sides.window, numbers)


def kept(sides: Sides) -> Flags:
    """The levels that stand alone."""
    found: Flags = (evidence(sides) >= LEAST) & ~sides.rare
    return found


def summed(counts: Rows, numbers: Counts) -> Rows:
    """Counts by the number of their group, of shape (columns, bins + 1)."""
    columns, bins = counts.shape
    flat = (numbers + np.arange(columns)[:, np.newaxis] * (bins + 1)).ravel()
    found = np.bincount(flat, weights=counts.ravel(), minlength=columns * (bins + 1))
    return found.astype(counts.dtype).reshape(columns, bins + 1)


def _neighbours(held: Floats) -> Counts:
    """From the lowest bin on, a group is closed when it holds enough; what is left over joins the last one."""
    numbers = np.zeros(held.shape, dtype=np.int64)
    number, running = np.zeros(len(held), dtype=np.int64), np.zeros(len(held))
    for place in range(held.shape[1]):
        numbers[:, place] = number
        running += held[:, place]
        closed = running >= LEAST
        number += closed
        running[closed] = 0.0
    last = np.maximum(number - 1, 0)
    return np.minimum(numbers, last[:, np.newaxis])


def _levels(sides: Sides, held: Floats) -> Counts:
    """All levels that do not stand alone form one group; too small for that, it joins the smallest that does."""
    bins = held.shape[1]
    alone = (held >= LEAST) & ~sides.rare
    rest = np.where(alone, 0.0, held).sum(axis=-1)
    smallest = np.where(alone, held, np.inf).argmin(axis=-1)
    place = np.where((rest < LEAST) & alone.any(axis=-1), smallest, bins)
    return np.where(alone, np.arange(bins), place[:, np.newaxis])
