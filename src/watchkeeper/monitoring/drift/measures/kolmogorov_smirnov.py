"""The Kolmogorov-Smirnov statistic: the largest difference of the two cumulative shares.

From counts it is taken at the ends of the groups, so it is that of the values where each group is one value, and else
at most that. 0 for equal shares, 1 where one side lies wholly below the other. Smirnov, "Table for estimating the
goodness of fit of empirical distributions", Annals of Mathematical Statistics 19 (1948).

>>> round(KOLMOGOROV_SMIRNOV.function(np.array([50, 30, 20]), np.array([30, 30, 40])), 6)
0.2
"""

from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.drift.measures.measure import Counts, Measure, Shares


@dataclass(frozen=True)
class KolmogorovSmirnov(Measure):
    def of_column(self, reference: Counts, current: Counts, values: Shares | None = None) -> Shares:
        del values
        found: Shares = np.abs(_cumulated(reference) - _cumulated(current)).max(axis=-1)
        return found


def _cumulated(counts: Counts) -> Shares:
    """Of whole numbers until the end, so that equal shares stay equal."""
    up_to = np.cumsum(counts, axis=-1)
    total = up_to[..., -1:].astype(np.float64)
    found: Shares = up_to / np.where(total > 0, total, np.nan)
    return found


KOLMOGOROV_SMIRNOV = KolmogorovSmirnov("kolmogorov_smirnov", "Kolmogorov-Smirnov statistic", 1.0, ordered=True)
