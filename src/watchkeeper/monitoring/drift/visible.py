"""What could have been seen at these numbers of rows, and how many rows would be enough.

A shift of size D, the squared distance in deviations, is seen with a chance of 80 % where it is (z + 0.84) squared
times s = 1/m + 1/n, z being the normal quantile of the threshold. Noether, "Sample size determination for some common
nonparametric tests", Journal of the American Statistical Association 82 (1987), for the idea. Where shares of several
levels may change in any direction, D over s is the noncentrality of a chi-squared of as many degrees as they have.
"""

from typing import TypeAlias

import numpy as np
from scipy.special import chdtri, chndtrinc, ndtri

from watchkeeper.monitoring.drift.merging import LEAST, merged
from watchkeeper.monitoring.drift.sides import Floats, Sides

FEWEST = 50
"""Rows of a window below which nothing is called stable."""
FEWEST_REFERENCE = 200
TOO_COARSE = 0.5
OFTEN = 0.8
EIGHTY_PERCENT = float(ndtri(OFTEN))

Threshold: TypeAlias = float | Floats
"""One of all columns, or one of each."""


def factor(p_value: Threshold) -> Threshold:
    """The smallest visible D over s."""
    found: Threshold = (-ndtri(p_value / 2) + EIGHTY_PERCENT) ** 2
    return found


def smallest(sides: Sides, p_value: Threshold) -> Floats:
    """The smallest D that is seen with 80 % where all of it is one move, of shape (columns,); infinite where a side is
    empty."""
    with np.errstate(divide="ignore"):
        found: Floats = factor(p_value) * (1 / sides.m + 1 / sides.n)
    return found


def visible(sides: Sides, p_value: Threshold) -> Floats:
    """The smallest D that is seen with 80 %: of numbers a shift, of levels any change of their shares."""
    if sides.ordered:
        return smallest(sides, p_value)
    groups = (np.add(*merged(sides)) > 0).sum(axis=-1)
    asked = np.broadcast_to(np.asarray(p_value, dtype=np.float64), groups.shape)
    pairs, places = np.unique(np.stack([np.maximum(groups - 1, 1), asked]), axis=1, return_inverse=True)
    with np.errstate(divide="ignore"):
        found: Floats = _noncentrality(*pairs)[places] * (1 / sides.m + 1 / sides.n)
    return found


def _noncentrality(degrees: Floats, p_value: Floats) -> Floats:
    """From which a chi-squared reaches a p-value with 80 %."""
    return np.asarray(chndtrinc(chdtri(degrees, p_value), degrees, 1 - OFTEN), dtype=np.float64)


def rows_enough(sides: Sides, p_value: Threshold) -> Floats:
    """So many rows of the window, missing ones included, as it would take to call a column stable that is as this one.

    Infinite where no number would be enough. Of a window without rows nothing is known, and it is taken to be like the
    reference.
    """
    m, needed = sides.m.astype(np.float64), np.full(len(sides.m), float(FEWEST))
    with np.errstate(divide="ignore", invalid="ignore"):
        coarse = 1 / (TOO_COARSE / factor(p_value) - 1 / m)
        held = LEAST / _even_part(sides)
        split = held * m / (m - held)
        split = np.where(sides.varies, np.where(m > held, split, np.inf), 0.0)
        coarse = np.where(coarse > 0, coarse, np.inf)
        coarse = np.where(m >= FEWEST_REFERENCE, coarse, np.inf)
        rows = sides.n + sides.missing[1]
        present = np.where(rows > 0, sides.n / rows, 1.0)
        found: Floats = np.ceil(np.maximum(np.maximum(needed, coarse), split) / present)
    return found


def _even_part(sides: Sides) -> Floats:
    """The smaller share of the best division in two groups: at a place of the scale, or one level against the rest."""
    shares = sides.pooled / np.maximum(sides.pooled.sum(axis=-1, keepdims=True), 1)
    parts = np.cumsum(shares, axis=-1) if sides.ordered else shares
    found: Floats = np.minimum(parts, 1 - parts).max(axis=-1)
    return found
