"""How many of the window's numbers lie outside the reference's range, when both come from one distribution.

Any order of the pooled rows is as likely as another; the rows below the lowest and above the highest of the reference
are then as many as those that come before the second reference row of a random order. So P(at least k) is the chance
that of the first k + 1 rows at most one is the reference's; exactly, for every continuous distribution, and at most
that where values are tied. Gumbel and von Schelling, "The distribution of the number of exceedances", Annals of
Mathematical Statistics 21 (1950).

>>> at_least(np.array([0, 1, 3]), np.array([3, 3, 3]), np.array([2, 2, 2])).round(6).tolist()
[1.0, 0.9, 0.4]
"""

import numpy as np
from scipy.special import gammaln

from watchkeeper.monitoring.drift.sides import Floats, Rows


def at_least(outside: Rows, window: Rows, reference: Rows) -> Floats:
    """P(at least `outside` of `window` rows beyond the range of `reference` rows); of one shape."""
    asked = (outside > 0) & (reference > 0) & (window + reference >= outside + 1)
    first = np.where(asked, outside + 1, 0)
    of_all = _log_choose(window + reference, first)
    none = np.exp(_log_choose(window, first) - of_all)
    one = reference * np.exp(_log_choose(window, outside) - of_all)
    return np.where(asked, np.minimum(none + one, 1.0), 1.0)


def _log_choose(of: Rows, some: Rows) -> Floats:
    """Minus infinity where there are more to choose than there are."""
    enough = some <= of
    rest = np.where(enough, of - some, 0)
    return np.where(enough, gammaln(of + 1.0) - gammaln(some + 1.0) - gammaln(rest + 1.0), -np.inf)
