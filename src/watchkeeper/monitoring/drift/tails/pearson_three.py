"""The tails of Pearson's third type: a gamma law, moved and scaled, of given skewness.

A sum of scores is skewed where the scores are, and its far tail then has many times the normal law's mass. Pearson,
"Contributions to the mathematical theory of evolution II", Philosophical Transactions of the Royal Society A 186
(1895).

>>> two_sided(np.array([0.0, 3.0, 3.0]), np.array([0.0, 0.0, 0.5])).round(6).tolist()
[1.0, 0.0027, 0.010851]
"""

import numpy as np
from scipy.special import gammainc, gammaincc, ndtr

from watchkeeper.monitoring.drift.sides import Floats

NONE = 1e-4
"""Skewness below which the law is the normal one."""


def two_sided(z: Floats, skewness: Floats) -> Floats:
    """Twice the smaller tail at z, of a law of mean 0 and variance 1."""
    skewed = np.abs(skewness) > NONE
    size = np.where(skewed, np.abs(skewness), 1.0)
    turned = z * np.sign(skewness)
    shape = 4 / size**2
    at = np.maximum(shape + 2 * turned / size, 0.0)
    smaller = np.minimum(gammainc(shape, at), gammaincc(shape, at))
    found: Floats = np.minimum(2 * np.where(skewed, smaller, ndtr(-np.abs(z))), 1.0)
    return found
