"""Sums of scores where the reference is small: by the law of the window's rows between the reference's.

Bins end at rows of the reference. So a bin's share of what the reference was drawn from is itself drawn: of numbers
that are not tied the shares are Dirichlet, each by the reference's rows in it, and by one row's worth on either end.
The window's counts are then those of a Pólya urn that holds these rows: as if they were drawn without replacement from
a stock of less than nothing, so that mean, variance and skewness are exact here too (Johnson and Kotz, "Urn models and
their application", 1977). The law of `scores.py`, in which rows of both sides are equally free to lie in any bin, is
twenty times too sure of a spread at five rows, and the same at a thousand. Of tied numbers that one is right; so the
p-value is the larger of both.
"""

from collections.abc import Callable

import numpy as np

from watchkeeper.monitoring.drift import scores
from watchkeeper.monitoring.drift.sides import Floats, Rows, Sides
from watchkeeper.monitoring.drift.tails import pearson_three

FEW = 500
"""Rows of the reference from which both laws say the same."""
HAIR = 1e-6
"""In rows: what is left to a bin that holds but the lowest one, so that it has a place."""


def p_values(sides: Sides, of: Callable[[Rows], Floats]) -> Floats:
    """Two-sided, of shape (columns,), `of` giving the scores of bins from their rows."""
    found = scores.p_values(sides.reference, sides.window, of(sides.pooled))
    few = np.flatnonzero(sides.m < FEW)
    if few.size:
        found[few] = np.maximum(found[few], drawn(sides.take(few), of))
    return found


def drawn(sides: Sides, of: Callable[[Rows], Floats]) -> Floats:
    """By the urn's law alone."""
    held = stock(sides)
    total, n = held.sum(axis=-1), np.maximum(sides.n, 1).astype(np.float64)
    shares, of_bins = held / np.maximum(total, 1.0)[:, np.newaxis], of(held)
    centred = of_bins - (shares * of_bins).sum(axis=-1, keepdims=True)
    variance = (shares * centred**2).sum(axis=-1)
    known = (variance > 1e-12) & sides.both
    deviation = np.sqrt(np.where(known, variance, 1.0))
    z = (sides.window * centred).sum(axis=-1) / (deviation * np.sqrt(n * (n + total) / (total + 1)))
    skewness = (shares * centred**3).sum(axis=-1) / deviation**3
    of_sum = skewness * (total + 2 * n) / (total + 2) * np.sqrt((total + 1) / (n * (n + total)))
    return np.where(known, pearson_three.two_sided(z, of_sum), 1.0)


def stock(sides: Sides) -> Floats:
    """What the urn holds of each bin before the window is drawn, in rows: the lowest row of the reference stands at the
    end of what lies below, and counts there."""
    held, rows = sides.reference > 0, sides.reference + sides.unseen.astype(np.float64)
    lowest, columns = held.argmax(axis=-1), np.arange(len(rows))
    rows[columns, lowest] -= np.where(sides.unseen[:, 0], np.minimum(rows[columns, lowest], 1.0), 0.0)
    return np.where(held, np.maximum(rows, HAIR), rows)
