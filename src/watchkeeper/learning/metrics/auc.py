import numpy as np

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.metrics.metric import Metric
from watchkeeper.learning.signature import BINARY


def auc(truth: Numbers, answer: Numbers) -> float | None:
    """The chance that a positive row gets a higher probability than a negative one, equals counting half; None where
    there is only one class. By the rank sum of Mann and Whitney (1947)."""
    positive = truth == 1
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if not positives or not negatives:
        return None
    _, place, counts = np.unique(answer, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    pairs_won = float(ranks[positive].sum()) - positives * (positives + 1) / 2
    return pairs_won / (positives * negatives)


AUC = Metric("auc", "Area under the ROC curve", (BINARY,), lower_is_better=False, function=auc)
