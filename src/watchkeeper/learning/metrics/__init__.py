"""The metrics by name, in the order in which they are shown."""

from collections.abc import Mapping

from watchkeeper.learning.metrics.auc import AUC
from watchkeeper.learning.metrics.decisions import ACCURACY, PRECISION, RECALL
from watchkeeper.learning.metrics.distances import BIAS, MAE, RMSE
from watchkeeper.learning.metrics.mape import MAPE
from watchkeeper.learning.metrics.metric import Metric
from watchkeeper.learning.metrics.probabilities import BRIER, LOG_LOSS
from watchkeeper.learning.metrics.r2 import R2

METRICS: Mapping[str, Metric] = {
    each.name: each for each in (MAE, RMSE, MAPE, R2, BIAS, AUC, LOG_LOSS, ACCURACY, PRECISION, RECALL, BRIER)
}
