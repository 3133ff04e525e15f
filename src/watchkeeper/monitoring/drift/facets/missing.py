"""Are more values missing, or fewer?"""

from watchkeeper.monitoring.drift.facets.facet import Facet, Region
from watchkeeper.monitoring.drift.sides import Floats, Sides
from watchkeeper.monitoring.drift.tails import hypergeometric


def _p_values(sides: Sides) -> Floats:
    before, now = sides.missing
    rows = sides.n + now
    return hypergeometric.two_sided(now, rows, before + now, sides.m + before + rows)


MISSING = Facet("missing", 0.075, Region.MISSING, _p_values)
