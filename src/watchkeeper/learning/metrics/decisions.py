"""How good the classes are that follow from probabilities: the positive one from a half on."""

import numpy as np

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.metrics.metric import Metric
from watchkeeper.learning.signature import BINARY

THRESHOLD = 0.5


def accuracy(truth: Numbers, answer: Numbers) -> float | None:
    return float(((answer >= THRESHOLD) == (truth == 1)).mean()) if truth.size else None


def precision(truth: Numbers, answer: Numbers) -> float | None:
    """The share of right ones among the rows called positive; None where there are none."""
    called = answer >= THRESHOLD
    return float(np.mean(truth[called] == 1)) if called.any() else None


def recall(truth: Numbers, answer: Numbers) -> float | None:
    """The share of the positive rows that are called so; None where there are none."""
    positive = truth == 1
    return float(np.mean(answer[positive] >= THRESHOLD)) if positive.any() else None


ACCURACY = Metric("accuracy", "Accuracy", (BINARY,), lower_is_better=False, function=accuracy)
PRECISION = Metric("precision", "Precision", (BINARY,), lower_is_better=False, function=precision)
RECALL = Metric("recall", "Recall", (BINARY,), lower_is_better=False, function=recall)
