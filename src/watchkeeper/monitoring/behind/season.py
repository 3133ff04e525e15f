"""What the reference holds of the season that a period lies in."""

from collections.abc import Mapping

from watchkeeper.monitoring.drift.seasons.matching import expected_in
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.references.watching import FEATURES
from watchkeeper.monitoring.verdicts.verdicts import Known


def season_of(of: Known) -> Mapping[str, Floats] | None:
    """What the reference holds of the period's season, by feature; None where that is not what it is held against."""
    when = of.windows.when.features[0] if of.windows.when is not None else None
    almanac = of.evidence.seasons.get(FEATURES)
    if when is None or almanac is None:
        return None
    names = [bins.column.name for bins in almanac.bin_sets]
    return dict(zip(names, expected_in(almanac, when), strict=True))
