"""Whether the window's rows stand higher, or wider, than the reference's: a sum of scores of their bins.

A bin's score is the mean of a function of the normal quantiles that its place among all rows of both sides covers: z
for location (van der Waerden, 1952), z squared for spread (Klotz, "Nonparametric tests for scale", Annals of
Mathematical Statistics 33, 1962). Only order counts, so no tail is too heavy. Given the pooled counts, the window is a
sample of them without replacement, which gives the sum's exact variance and skewness.
"""

import numpy as np
from scipy.special import ndtri

from watchkeeper.monitoring.drift.sides import Floats, Rows
from watchkeeper.monitoring.drift.tails import pearson_three

ROOT = np.sqrt(2 * np.pi)


def location(pooled: Rows) -> Floats:
    """The mean of z over each bin, of shape (columns, bins)."""
    widths, (_, low), (_, high) = _ends(pooled)
    return np.where(pooled > 0, (low - high) / widths, 0.0)


def spread(pooled: Rows) -> Floats:
    """The mean of z squared over each bin."""
    widths, (za, low), (zb, high) = _ends(pooled)
    return np.where(pooled > 0, 1 + (za * low - zb * high) / widths, 0.0)


def p_values(reference: Rows, window: Rows, scores: Floats) -> Floats:
    """Two-sided, of shape (columns,); 1 where a side is empty or the scores do not differ."""
    m, n = reference.sum(axis=-1).astype(np.float64), window.sum(axis=-1).astype(np.float64)
    total = np.maximum(m + n, 3.0)
    shares = (reference + window) / total[:, np.newaxis]
    centred = scores - (shares * scores).sum(axis=-1, keepdims=True)
    variance = (shares * centred**2).sum(axis=-1)
    known = (variance > 1e-12) & (m > 0) & (n > 0)
    deviation = np.sqrt(np.where(known, variance, 1.0))
    sides = np.where(known, m * n, 1.0)
    z = (window * centred).sum(axis=-1) / (deviation * np.sqrt(sides / (total - 1)))
    skewness = (shares * centred**3).sum(axis=-1) / deviation**3
    of_sum = skewness * (m - n) / np.sqrt(sides) * np.sqrt(total - 1) / (total - 2)
    return np.where(known, pearson_three.two_sided(z, of_sum), 1.0)


def _ends(pooled: Rows) -> tuple[Floats, tuple[Floats, Floats], tuple[Floats, Floats]]:
    """The widths of the bins' places, and of both ends z and the normal density; z is 0 where the density is."""
    total = np.maximum(pooled.sum(axis=-1, keepdims=True), 1)
    up_to = np.cumsum(pooled, axis=-1)
    widths = np.where(pooled > 0, pooled / total, 1.0)
    return widths, _end((up_to - pooled) / total), _end(up_to / total)


def _end(place: Floats) -> tuple[Floats, Floats]:
    z = ndtri(place)
    inside = np.isfinite(z)
    z = np.where(inside, z, 0.0)
    return z, np.where(inside, np.exp(-(z**2) / 2) / ROOT, 0.0)
