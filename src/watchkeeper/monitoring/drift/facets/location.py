"""Do the window's numbers stand higher or lower than the reference's?"""

from watchkeeper.monitoring.drift import scores, urn
from watchkeeper.monitoring.drift.facets.facet import Facet, Region
from watchkeeper.monitoring.drift.sides import Floats, Sides


def _p_values(sides: Sides) -> Floats:
    return urn.p_values(sides, scores.location)


LOCATION = Facet("location", 0.35, Region.SHAPE, _p_values)
