"""Are there more values than expected that the reference never held: numbers out of its range, new levels?"""

import numpy as np

from watchkeeper.monitoring.drift.facets.facet import Facet, Region
from watchkeeper.monitoring.drift.sides import Floats, Rows, Sides
from watchkeeper.monitoring.drift.tails import exceedance, new_levels


def _count(sides: Sides) -> Rows:
    found: Rows = (sides.window * sides.unseen).sum(axis=-1)
    return found


def _outside(sides: Sides) -> Floats:
    return exceedance.at_least(_count(sides), sides.n, sides.m)


def _new(sides: Sides) -> Floats:
    held = np.where((sides.reference > 0) & ~sides.rare, sides.pooled, 0)
    known = new_levels.hidden(held, sides.n, sides.m)
    return new_levels.at_least(_count(sides), sides.n, sides.m, sides.once, sides.twice, known)


OUT_OF_RANGE = Facet("out of range", 0.075, Region.UNSEEN, _outside)
NEW_LEVELS = Facet("new levels", 0.075, Region.UNSEEN, _new)
