"""How many of the window's rows hold a level that the reference never held, without drift.

The levels that the reference held once tell which share of rows to expect in levels that it never held (Good, "The
population frequencies of species and the estimation of population parameters", Biometrika 40, 1953), and those that it
held twice how sure that is. The share's law is taken as a gamma's of that mean and variance, so that the count's is
negative binomial.

Where the window is larger than the reference, one level that the reference missed by chance brings many new rows at
once, and hardly any level may have been there once or twice. So the levels that it did hold are asked too: were all
rows of both sides dealt out again, each of them would be the window's alone with the chance that all of its rows fall
there. Half of the variance of that is added, since the levels seen once and twice tell a part of it too; half is what
keeps the far tail's rate over few and many levels, equal and of Zipf's shares (`benchmarks/new_levels.py`).

>>> once, twice = np.array([90, 0]), np.array([30, 0])
>>> at_least(np.array([16, 90]), np.array([1000, 10000]), np.array([10000, 1000]), once, twice).round(6).tolist()
[0.034269, 0.000188]
>>> known = hidden(np.full((2, 40), 80), np.array([1000, 10000]), np.array([10000, 1000]))
>>> at_least(np.array([16, 90]), np.array([1000, 10000]), np.array([10000, 1000]), once, twice, known).round(6).tolist()
[0.034269, 0.001589]
"""

import numpy as np
from scipy.special import betainc

from watchkeeper.monitoring.drift.sides import Floats, Rows

NONE = np.zeros(1)
ADDED = 0.5


def at_least(new: Rows, window: Rows, reference: Rows, once: Rows, twice: Rows, known: Floats = NONE) -> Floats:
    """P(at least `new` of `window` rows), from a reference that held `once` levels once and `twice` twice; `known` is
    what `hidden` says of the others."""
    rows = window / np.maximum(reference, 1)
    mean, variance = rows * (once + 1.0), rows**2 * (once + 2.0 * twice + 1.0) + ADDED * known
    odds = np.where(mean > 0, variance, 0.0) / np.where(mean > 0, mean, 1.0)
    shape = np.where(mean > 0, mean, 1.0) ** 2 / np.where(variance > 0, variance, 1.0)
    tail = betainc(np.maximum(new, 1), shape, odds / (1 + odds))
    return np.where((new > 0) & (reference > 0), tail, 1.0)


def hidden(pooled: Rows, window: Rows, reference: Rows) -> Floats:
    """The variance of the window's rows in levels that the reference holds here and might as well have missed, of shape
    (columns,), from their rows on both sides, of shape (columns, levels); 0 stands for no level."""
    share = window / np.maximum(window + reference, 1)
    found: Floats = (pooled**2.0 * share[:, np.newaxis] ** pooled).sum(axis=-1)
    return found
