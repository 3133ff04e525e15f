import math

import numpy as np

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.metrics.metric import Metric
from watchkeeper.learning.signature import REGRESSION


def r2(truth: Numbers, answer: Numbers) -> float | None:
    """One less the squared error over that of always answering the mean; None where the truth is constant, or so nearly
    that there is no such number."""
    if not truth.size or truth.min() == truth.max():
        return None
    around = float(np.square(truth - truth.mean()).sum())
    if around == 0:
        return None
    found = 1.0 - float(np.square(answer - truth).sum()) / around
    return found if math.isfinite(found) else None


R2 = Metric("r2", "Variance explained", (REGRESSION,), lower_is_better=False, function=r2)
