"""Do the shares of the bins, or levels, differ in any way?"""

from watchkeeper.monitoring.drift.facets.facet import Facet, Region
from watchkeeper.monitoring.drift.merging import merged
from watchkeeper.monitoring.drift.sides import Floats, Sides
from watchkeeper.monitoring.drift.tails import pearson_square


def _p_values(sides: Sides) -> Floats:
    return pearson_square.upper(*merged(sides))


SHAPE_OF_NUMBERS = Facet("shape", 0.15, Region.SHAPE, _p_values)
SHAPE_OF_LEVELS = Facet("shape", 0.45, Region.SHAPE, _p_values)
