"""The facets of a column of numbers, and of one of levels; a new one is a file here and a line below.

Their p-values are combined by a weighted Bonferroni inequality, which holds however they depend on each other: each
over its weight, and the smallest of these. Holm, "A simple sequentially rejective multiple test procedure",
Scandinavian Journal of Statistics 6 (1979), section 6.
"""

from watchkeeper.monitoring.drift.facets.any_shape import SHAPE_OF_LEVELS, SHAPE_OF_NUMBERS
from watchkeeper.monitoring.drift.facets.facet import Facet
from watchkeeper.monitoring.drift.facets.location import LOCATION
from watchkeeper.monitoring.drift.facets.missing import MISSING
from watchkeeper.monitoring.drift.facets.spread import SPREAD
from watchkeeper.monitoring.drift.facets.unseen import NEW_LEVELS, OUT_OF_RANGE
from watchkeeper.monitoring.drift.facets.worst_level import WORST_LEVEL

OF_NUMBERS: tuple[Facet, ...] = (LOCATION, SPREAD, SHAPE_OF_NUMBERS, MISSING, OUT_OF_RANGE)
OF_LEVELS: tuple[Facet, ...] = (SHAPE_OF_LEVELS, WORST_LEVEL, MISSING, NEW_LEVELS)
