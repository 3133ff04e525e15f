import numpy as np

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.metrics.metric import Metric
from watchkeeper.learning.signature import REGRESSION

LARGEST_SHARE = 1e200
"""Beyond this a share says nothing, and its sums over any number of rows would pass what a float holds."""


def shares(truth: Numbers, answer: Numbers) -> Numbers:
    """|answer - truth| / |truth| of the rows that have such a share: whose truth is not zero, nor so near to it that a
    share of it is no number."""
    some = truth != 0
    with np.errstate(over="ignore"):
        found = np.abs(answer[some] - truth[some]) / np.abs(truth[some])
    return np.asarray(found[found <= LARGEST_SHARE])


def mape(truth: Numbers, answer: Numbers) -> float | None:
    """The mean of |answer - truth| / |truth| over the rows whose truth is not zero, or too near to it; None where it is
    in all. A share: 0.046 is 4.6 %."""
    found = shares(truth, answer)
    return float(found.mean()) if found.size else None


MAPE = Metric("mape", "Mean absolute percentage error", (REGRESSION,), lower_is_better=True, function=mape)
