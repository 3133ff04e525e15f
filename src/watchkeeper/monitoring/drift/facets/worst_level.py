"""Is there one level whose share differs?"""

import numpy as np

from watchkeeper.monitoring.drift.facets.facet import Facet, Region
from watchkeeper.monitoring.drift.merging import kept
from watchkeeper.monitoring.drift.sides import Counts, Floats, Sides
from watchkeeper.monitoring.drift.tails import hypergeometric


def _p_values(sides: Sides) -> Floats:
    """The smallest of the levels that hold enough, times how many these are."""
    tried = np.maximum(kept(sides).sum(axis=-1), 1)
    found: Floats = np.minimum(of_levels(sides).min(axis=-1) * tried, 1.0)
    return found


def of_levels(sides: Sides) -> Floats:
    """Of shape (columns, bins); 1 for levels that hold too little."""
    alone = kept(sides) & sides.both[:, np.newaxis]
    found = np.ones(alone.shape)
    rows = np.broadcast_to(sides.n[:, np.newaxis], alone.shape)[alone]
    total = np.broadcast_to((sides.m + sides.n)[:, np.newaxis], alone.shape)[alone]
    found[alone] = hypergeometric.two_sided(sides.window[alone], rows, sides.pooled[alone], total)
    return found


def worst(sides: Sides) -> Counts:
    """Which level it is, of shape (columns,)."""
    found: Counts = of_levels(sides).argmin(axis=-1)
    return found


WORST_LEVEL = Facet("worst level", 0.40, Region.SHAPE, _p_values)
