"""How many of the window's rows hold a level that the reference never held, without drift.

The levels that the reference held once tell which share of rows to expect in levels that it never held (Good, "The
population frequencies of species and the estimation of population parameters", Biometrika 40, 1953), and those that it
held twice how sure that is. The share's law is taken as a gamma's of that mean and variance, so that the count's is
negative binomial.

>>> round(float(at_least(np.array(16), np.array(1000), np.array(10000), np.array(90), np.array(30))), 6)
0.034269
"""

import numpy as np
from scipy.special import betainc

from watchkeeper.monitoring.drift.sides import Floats, Rows


def at_least(new: Rows, window: Rows, reference: Rows, once: Rows, twice: Rows) -> Floats:
    """P(at least `new` of `window` rows), from a reference that held `once` levels once and `twice` twice."""
    mean, variance = once + 1.0, once + 2.0 * twice + 1.0
    odds = variance / mean * window / np.maximum(reference, 1)
    tail = betainc(np.maximum(new, 1), mean**2 / variance, odds / (1 + odds))
    return np.where((new > 0) & (reference > 0), tail, 1.0)
