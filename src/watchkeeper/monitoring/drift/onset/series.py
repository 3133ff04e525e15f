"""A column's days as one number each, in the direction in which they differ most.

The roots of shares spread alike whatever the share, by 1 / 4n of n rows (Hellinger; Rao, "A review of canonical
coordinates", Questiio 19, 1995). Each is divided by what it usually moves from one day to the next, so that what is
steady otherwise counts for more; the direction is that between the days of a stretch and all others, of the stretch
that differs most.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from watchkeeper.monitoring.drift.sides import Counts, Floats

ONE_DEVIATION = 0.6827
SHORTEST = 2
"""Days of a stretch."""


@dataclass(frozen=True)
class Series:
    """Attributes:
    values: of shape (days,).
    least: the variance of a day that its number of rows makes by itself.
    of_reference: where the reference lies on the same scale; None without one.
    """

    values: Floats
    least: float
    of_reference: float | None

    @classmethod
    def of(cls, counts: Counts, reference: Counts | None) -> Self:
        """From counts of shape (days, bins), of which no day is empty, and of shape (bins,)."""
        rows = counts.sum(axis=-1, keepdims=True)
        roots, sampling = np.sqrt(counts / rows), float(np.mean(1 / (4 * rows)))
        moves = np.quantile(np.abs(np.diff(roots, axis=0)), ONE_DEVIATION, axis=0) / np.sqrt(2)
        scale = np.sqrt(np.maximum(moves**2, sampling))
        direction = _direction(roots / scale) / scale
        known = None if reference is None or not reference.sum() else np.sqrt(reference / reference.sum())
        return cls(
            roots @ direction,
            sampling * float(direction @ direction),
            None if known is None else float(known @ direction),
        )


def _direction(places: Floats) -> Floats:
    """Of length 1, from the days outside the stretch that differs most to those inside it."""
    days = len(places)
    sums = np.vstack([np.zeros(places.shape[1]), np.cumsum(places, axis=0)])
    start, end = np.triu_indices(days + 1, SHORTEST)
    some = end - start < days
    start, end = start[some], end[some]
    inside = (end - start)[:, np.newaxis]
    moved = (sums[end] - sums[start]) / inside - (sums[-1] - sums[end] + sums[start]) / (days - inside)
    best = int(((moved**2).sum(axis=-1) * (inside * (days - inside))[:, 0]).argmax())
    length = float(np.linalg.norm(moved[best]))
    found: Floats = moved[best] / length if length > 0 else moved[best]
    return found
