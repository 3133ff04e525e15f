"""How far off numbers are, in the target's own unit."""

import numpy as np

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.metrics.metric import Metric
from watchkeeper.learning.signature import REGRESSION


def mae(truth: Numbers, answer: Numbers) -> float | None:
    return float(np.abs(answer - truth).mean()) if truth.size else None


def rmse(truth: Numbers, answer: Numbers) -> float | None:
    return float(np.sqrt(np.square(answer - truth).mean())) if truth.size else None


def bias(truth: Numbers, answer: Numbers) -> float | None:
    """The mean of answer less truth: above zero, the model answers too much. The nearest to zero is the best."""
    return float((answer - truth).mean()) if truth.size else None


MAE = Metric("mae", "Mean absolute error", (REGRESSION,), lower_is_better=True, function=mae)
RMSE = Metric("rmse", "Root mean squared error", (REGRESSION,), lower_is_better=True, function=rmse)
BIAS = Metric("bias", "Bias", (REGRESSION,), lower_is_better=True, function=bias)
