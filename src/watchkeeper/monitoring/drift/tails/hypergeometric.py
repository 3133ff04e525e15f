"""The hypergeometric law: how many of the marked rows are the window's, when any rows could have been.

Fisher's exact test of a two by two table, two-sided as twice the smaller tail: Fisher, "The logic of inductive
inference", Journal of the Royal Statistical Society 98 (1935). The tail is summed from its largest term on; the ratio
of neighbouring terms is a fraction of whole numbers.

>>> round(float(two_sided(np.array([3]), np.array([4]), np.array([4]), np.array([8]))[0]), 6)
0.485714
"""

import numpy as np
from scipy.special import gammaln

from watchkeeper.monitoring.drift.sides import Floats, Rows

NEAR = 1.0
"""Within so many deviations of what is expected a tail is not worth computing: twice it is beyond every weight."""
AT_ONCE = 64
SMALL = 1e-13


def two_sided(hits: Rows, drawn: Rows, marked: Rows, total: Rows) -> Floats:
    """P of a count as far out as `hits` among `drawn` of `total` rows of which `marked` are; 1 where it is as near as
    could be expected. All of one shape."""
    whole = np.maximum(total, 2).astype(np.float64)
    expected = drawn * marked / whole
    variance = expected * (total - marked) / whole * (total - drawn) / (whole - 1)
    far = (hits - expected) ** 2 > NEAR * variance
    found = np.ones(hits.shape)
    k, n, marks, rows = (each[far] for each in (hits, drawn, marked, total))
    # The lower tail is the upper one of the rows that are not marked.
    low = k < expected[far]
    found[far] = 2 * upper(np.where(low, n - k, k), n, np.where(low, rows - marks, marks), rows)
    return np.minimum(found, 1.0)


def upper(hits: Rows, drawn: Rows, marked: Rows, total: Rows) -> Floats:
    """P(at least `hits`), for hits that are more than expected; of shape (n,)."""
    first = _log_choose(marked, hits) + _log_choose(total - marked, drawn - hits) - _log_choose(total, drawn)
    sums, term, active = np.ones(hits.shape), np.ones(hits.shape), np.arange(hits.size)
    start = 0
    while active.size:
        at = (hits[active, np.newaxis] + np.arange(start, start + AT_ONCE)).astype(np.float64)
        n, marks, rows = (each[active, np.newaxis] for each in (drawn, marked, total))
        ratios = (
            np.maximum(marks - at, 0) * np.maximum(n - at, 0) / ((at + 1) * np.maximum(rows - marks - n + at + 1, 1))
        )
        terms = term[active, np.newaxis] * np.cumprod(ratios, axis=-1)
        sums[active] += terms.sum(axis=-1)
        term[active] = terms[:, -1]
        active = active[terms[:, -1] > SMALL * sums[active]]
        start += AT_ONCE
    return np.minimum(np.exp(first) * sums, 1.0)


def _log_choose(of: Rows, some: Rows) -> Floats:
    found: Floats = gammaln(of + 1.0) - gammaln(some + 1.0) - gammaln(of - some + 1.0)
    return found
