import math

import numpy as np

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.metrics.metric import Metric
from watchkeeper.learning.signature import REGRESSION


def mape(truth: Numbers, answer: Numbers) -> float | None:
    """The mean of |answer - truth| / |truth| over the rows whose truth is not zero; None where it is in all. A share:
    0.046 is 4.6 %. None too where a truth is so small that a share of it is no number."""
    some = truth != 0
    if not some.any():
        return None
    with np.errstate(over="ignore"):
        found = float((np.abs(answer - truth)[some] / np.abs(truth[some])).mean())
    return found if math.isfinite(found) else None


MAPE = Metric("mape", "Mean absolute percentage error", (REGRESSION,), lower_is_better=True, function=mape)
