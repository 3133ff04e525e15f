"""The measures of drift by name; a new one is a file here and a line below."""

from collections.abc import Mapping

from watchkeeper.monitoring.drift.measures.jensen_shannon import JENSEN_SHANNON
from watchkeeper.monitoring.drift.measures.measure import Measure
from watchkeeper.monitoring.drift.measures.psi import PSI

MEASURES: Mapping[str, Measure] = {measure.name: measure for measure in (JENSEN_SHANNON, PSI)}
