"""The measures of drift by name; a new one is a file here and a line below."""

from collections.abc import Mapping

from watchkeeper.monitoring.drift.measures.chi_square import CHI_SQUARE
from watchkeeper.monitoring.drift.measures.jensen_shannon import JENSEN_SHANNON
from watchkeeper.monitoring.drift.measures.kolmogorov_smirnov import KOLMOGOROV_SMIRNOV
from watchkeeper.monitoring.drift.measures.measure import Measure
from watchkeeper.monitoring.drift.measures.psi import PSI
from watchkeeper.monitoring.drift.measures.total_variation import TOTAL_VARIATION
from watchkeeper.monitoring.drift.measures.wasserstein import WASSERSTEIN

MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (JENSEN_SHANNON, PSI, KOLMOGOROV_SMIRNOV, WASSERSTEIN, CHI_SQUARE, TOTAL_VARIATION)
}
