"""Sides of rows that depend on each other, as sides of fewer rows that do not."""

from dataclasses import replace

import numpy as np

from watchkeeper.monitoring.drift.sides import Floats, Sides


def thinned(sides: Sides, effects: Floats) -> Sides:
    """Every count over the column's design effect, of shape (columns,), so that all shares stay."""
    by = effects[:, np.newaxis]
    return replace(
        sides,
        reference=sides.reference / by,
        window=sides.window / by,
        missing=sides.missing / effects,
        once=sides.once / effects,
        twice=sides.twice / effects,
    )
