"""Whether a column has a course over its reference: its stretches rise, fall or bend more than they vary.

A reference that is shorter than a year can't tell of a season. But a column with a season that matters moves within it
too, so that what holds still there is taken to have none, and what moves is not judged where the reference has not
been. A parabola is all that is tried: half a wave of a year is hardly more. Draper and Smith, "Applied Regression
Analysis" (1998), section 9.1, for the test of several terms at once.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import fdtrc

from watchkeeper.monitoring.drift.sides import Floats

LEVEL = 0.05
"""At which a column without one is taken to have one; where stretches last, at more."""
TERMS = 2
FEWEST = TERMS + 3
"""Stretches, below which nothing is seen."""


def has_course(at: Floats, sums: Floats, rows: Floats) -> bool:
    """From the middle of each stretch, of shape (stretches,), and of each direction the sums of scores and the rows in
    each, both of shape (directions, stretches)."""
    p_values = [_p_value(at, of, held) for of, held in zip(sums, rows, strict=True)]
    return bool(p_values) and min(p_values) <= LEVEL / len(p_values)


def _p_value(at: Floats, sums: Floats, rows: Floats) -> float:
    there = rows > 0
    free = int(there.sum()) - TERMS - 1
    if free < FEWEST - TERMS - 1 or np.ptp(at[there]) == 0:
        return 1.0
    means, weights = sums[there] / rows[there], np.sqrt(rows[there])
    along = (at[there] - at[there].mean()) / np.ptp(at[there])
    left = [_left(np.vander(along, terms), means, weights) for terms in (1, 1 + TERMS)]
    if left[0] <= 1e-12 * float(rows.sum()):
        return 1.0
    ratio = (left[0] - left[1]) / TERMS / max(left[1] / free, 1e-300)
    return float(fdtrc(TERMS, free, ratio))


def _left(terms: npt.NDArray[np.float64], means: Floats, weights: Floats) -> float:
    """What the terms leave of the squares."""
    design, wanted = terms * weights[:, np.newaxis], means * weights
    found = np.linalg.lstsq(design, wanted, rcond=None)[0]
    return float(((wanted - design @ found) ** 2).sum())
