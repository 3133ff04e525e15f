"""The Jensen-Shannon distance with logarithms of base 2.

The root of the mean of both sides' divergence from their average: 0 for equal shares, 1 for shares without overlap,
and defined where a group is empty. Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on
Information Theory 37 (1991); a metric by Endres and Schindelin (2003).

>>> round(JENSEN_SHANNON.function(np.array([50, 50]), np.array([100, 0])), 6)
0.557923
"""

import numpy as np

from watchkeeper.monitoring.drift.measures.measure import Shares, Sum


def _terms(before: Shares, now: Shares) -> Shares:
    middle = (before + now) / 2
    found: Shares = (_divergence(before, middle) + _divergence(now, middle)) / 2
    return found


def _divergence(shares: Shares, of: Shares) -> Shares:
    """A share of 0 adds nothing; the divisor is then of no matter, and only kept from being 0."""
    held = shares > 0
    ratio = np.divide(shares, of, out=np.ones(of.shape), where=held)
    found: Shares = shares * np.log2(ratio)
    return found


def _root(divergence: Shares) -> Shares:
    return np.sqrt(np.clip(divergence, 0.0, 1.0))


JENSEN_SHANNON = Sum("jensen_shannon", "Jensen-Shannon distance", 1.0, terms=_terms, finish=_root)
