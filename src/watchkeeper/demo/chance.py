"""Reproducible chance: a stream of its own for each thing that varies, so that none disturbs another."""

from itertools import accumulate
from math import exp, sqrt

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
STEP = 0.5
"""Hours."""


def stream(seed: int, name: str) -> np.random.Generator:
    """The same draws for the same seed and name, whatever else is drawn."""
    return np.random.default_rng([seed, *name.encode()])


def persistent(chance: np.random.Generator, size: int, *, hours: float) -> Numbers:
    """Half-hourly noise that forgets: mean 0, variance 1, its correlation fallen to 1/e after so many hours."""
    kept = exp(-STEP / hours)
    shocks = chance.standard_normal(size)
    shocks[1:] *= sqrt(1 - kept**2)
    return np.fromiter(accumulate(shocks.tolist(), lambda before, shock: kept * before + shock), np.float64, size)
