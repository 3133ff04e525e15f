"""Sides of rows that depend on each other, as sides of fewer rows that do not."""

from dataclasses import replace

import numpy as np

from watchkeeper.monitoring.drift.noise import Noise
from watchkeeper.monitoring.drift.sides import Floats, Sides
from watchkeeper.monitoring.drift.weighing import Apart


def thinned(sides: Sides, window: Floats, reference: Floats) -> tuple[Sides, Apart]:
    """Every count over its side's design effects, of shape (columns,), so that all shares stay; and what is known of
    sizes apart from them."""
    thin = replace(
        sides,
        reference=sides.reference / reference[:, np.newaxis],
        window=sides.window / window[:, np.newaxis],
        missing=sides.missing / np.stack([reference, window]),
        once=sides.once / reference,
        twice=sides.twice / reference,
    )
    with np.errstate(divide="ignore"):
        raw, worth = (1 / each.m + 1 / each.n for each in (sides, thin))
    return thin, Apart(noise=Noise.thinned(raw, worth, ordered=sides.ordered))
