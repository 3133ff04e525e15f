"""The tail of Pearson's chi-square of a table of two rows, given its margins.

Mean and variance are exact, of all tables with these margins, and the law between is taken as a gamma's. The plain
chi-square law has the mean of a table without end. Haldane, "The mean and variance of chi-square, when used as a test
of homogeneity, when expectations are small", Biometrika 31 (1940).

>>> round(float(upper(np.array([[50, 30, 20]]), np.array([[30, 30, 40]]))[0]), 6)
0.002911
"""

import numpy as np
from scipy.special import gammaincc

from watchkeeper.monitoring.drift.sides import Floats, Rows


def upper(reference: Rows, window: Rows) -> Floats:
    """P of a table at least as far from equal shares, of shape (columns,) from (columns, groups); 1 for one group."""
    pooled = reference + window
    m, n = reference.sum(axis=-1), window.sum(axis=-1)
    mean, variance = moments(pooled, m, n)
    known = (mean > 0) & (variance > 0)
    mean, variance = np.where(known, mean, 1.0), np.where(known, variance, 1.0)
    tail = gammaincc(mean**2 / variance, statistic(reference, window) * mean / variance)
    return np.where(known, tail, 1.0)


def statistic(reference: Rows, window: Rows) -> Floats:
    """Pearson's chi-square, of shape (columns,)."""
    pooled = reference + window
    m, n = reference.sum(axis=-1).astype(np.float64), window.sum(axis=-1).astype(np.float64)
    rows = np.maximum(m * n, 1.0)
    apart = (window * m[:, np.newaxis] - reference * n[:, np.newaxis]) ** 2 / np.maximum(pooled, 1)
    found: Floats = apart.sum(axis=-1) / rows
    return found


def moments(pooled: Rows, m: Rows, n: Rows) -> tuple[Floats, Floats]:
    """Exact mean and variance of chi-square; 0 where there are fewer than two groups, an empty side or four rows."""
    total = (m + n).astype(np.float64)
    groups = (pooled > 0).sum(axis=-1)
    known = (groups > 1) & (m > 0) & (n > 0) & (total > 3)
    rows, k = np.where(known, total, 4.0), groups
    inverse = np.where(pooled > 0, 1 / np.maximum(pooled, 1), 0.0).sum(axis=-1)
    sides = 1 / np.maximum(m, 1) + 1 / np.maximum(n, 1)
    v1, v2 = (rows - 2) / (rows - 1), (rows - k) * (k - 1) / (rows - 1)
    w1, w2 = (rows * sides - 4) / (rows - 2), (rows * inverse - k**2) / (rows - 2)
    mean = (k - 1) * rows / (rows - 1)
    variance = 2 * rows / (rows - 3) * (v1 - w1) * (v2 - w2) + rows**2 / (rows - 1) * w1 * w2
    return np.where(known, mean, 0.0), np.where(known, variance, 0.0)
