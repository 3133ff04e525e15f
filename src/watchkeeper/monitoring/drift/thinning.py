"""Sides of rows that depend on each other, as sides of fewer rows that do not."""

from dataclasses import replace

import numpy as np

from watchkeeper.monitoring.drift.sides import Floats, Sides


def thinned(sides: Sides, window: Floats, reference: Floats) -> Sides:
    """Every count over its side's design effects, of shape (columns,), so that all shares stay."""
    return replace(
        sides,
        reference=sides.reference / reference[:, np.newaxis],
        window=sides.window / window[:, np.newaxis],
        missing=sides.missing / np.stack([reference, window]),
        once=sides.once / reference,
        twice=sides.twice / reference,
    )
