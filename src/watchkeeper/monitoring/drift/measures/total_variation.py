"""The total variation distance: half the sum of the absolute differences of the shares.

The share of rows that would have to be moved to another group to make both sides alike: 0 for equal shares, 1 for
shares without overlap. Levin, Peres and Wilmer, "Markov Chains and Mixing Times" (2009), proposition 4.2.

>>> round(TOTAL_VARIATION.function(np.array([50, 50]), np.array([60, 40])), 6)
0.1
"""

import numpy as np

from watchkeeper.monitoring.drift.measures.measure import Shares, Sum


def _terms(before: Shares, now: Shares) -> Shares:
    found: Shares = np.abs(before - now) / 2
    return found


def _at_most_one(total: Shares) -> Shares:
    return np.clip(total, 0.0, 1.0)


TOTAL_VARIATION = Sum("total_variation", "Total variation distance", 1.0, terms=_terms, finish=_at_most_one)
