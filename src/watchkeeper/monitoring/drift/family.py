"""How small a p-value has to be when many columns are looked at together.

With no drift anywhere, the chance that any column of the window is called drifted is at most `alpha`. Of it, four
fifths are spent: the tails are approximations, and the rest is their room. Holm (1979) over the columns; and no column
is called on more than a sixth of alpha or so by itself, so that few columns do not each become touchy. The q-values
beside are those of Benjamini and Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical
Society B 57 (1995).
"""

import numpy as np

from watchkeeper.monitoring.drift.sides import Floats

SPENT = 0.8
OF_ONE = 0.16


def first_threshold(columns: int, alpha: float) -> float:
    """What the smallest p-value has to be at most."""
    return min(OF_ONE * alpha, SPENT * alpha / max(columns, 1))


def thresholds(p_values: Floats, alpha: float) -> Floats:
    """What each column's p-value, and those of its facets, have to be at most; of shape (columns,)."""
    ranked = np.argsort(p_values, kind="stable")
    steps = np.minimum(OF_ONE * alpha, SPENT * alpha / np.arange(p_values.size, 0, -1))
    failed = np.flatnonzero(p_values[ranked] > steps)
    if failed.size:
        steps[failed[0] :] = steps[failed[0]]
    found = np.empty(p_values.shape)
    found[ranked] = steps
    return found


def adjusted(p_values: Floats) -> Floats:
    """The smallest alpha at which each column would be significant; of shape (columns,)."""
    ranked = np.argsort(p_values, kind="stable")
    ordered = p_values[ranked]
    needed = np.maximum(ordered * np.arange(p_values.size, 0, -1) / SPENT, ordered / OF_ONE)
    found = np.empty(p_values.shape)
    found[ranked] = np.minimum(np.maximum.accumulate(needed), 1.0) if p_values.size else needed
    return found


def q_values(p_values: Floats) -> Floats:
    """The smallest share of false ones among all columns that are as small or smaller; of shape (columns,)."""
    ranked = np.argsort(p_values, kind="stable")[::-1]
    scaled = p_values[ranked] * p_values.size / np.arange(p_values.size, 0, -1)
    found = np.empty(p_values.shape)
    found[ranked] = np.minimum(np.minimum.accumulate(scaled), 1.0) if p_values.size else scaled
    return found
