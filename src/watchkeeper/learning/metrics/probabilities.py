"""How good probabilities are."""

import numpy as np

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.metrics.metric import Metric
from watchkeeper.learning.signature import BINARY

SUREST = float(np.finfo(np.float64).eps)
"""A probability is taken to be this far from 0 and 1, or one sure mistake would cost infinitely much."""


def log_loss(truth: Numbers, answer: Numbers) -> float | None:
    if not truth.size:
        return None
    sure = np.clip(answer, SUREST, 1 - SUREST)
    return float(-np.where(truth == 1, np.log(sure), np.log1p(-sure)).mean())


def brier(truth: Numbers, answer: Numbers) -> float | None:
    return float(np.square(answer - truth).mean()) if truth.size else None


LOG_LOSS = Metric("log_loss", "Log loss", (BINARY,), lower_is_better=True, function=log_loss)
BRIER = Metric("brier", "Brier score", (BINARY,), lower_is_better=True, function=brier)
