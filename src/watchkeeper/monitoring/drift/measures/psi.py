"""The population stability index: the symmetric Kullback-Leibler divergence of two sets of shares, in nats.

A share below `FLOOR` is taken as the floor, for else one empty group would make the index infinite; the price is that
the index of a group that appears depends on the floor.

>>> round(PSI.function(np.array([50, 50]), np.array([60, 40])), 6)
0.040547
"""

import numpy as np

from watchkeeper.monitoring.drift.measures.measure import Shares, Sum

FLOOR = 1e-4


def _terms(before: Shares, now: Shares) -> Shares:
    """Never negative: both factors have one sign."""
    before, now = np.maximum(before, FLOOR), np.maximum(now, FLOOR)
    found: Shares = (before - now) * np.log(before / now)
    return found


PSI = Sum("psi", "Population stability index", None, terms=_terms)
