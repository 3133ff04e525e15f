"""A number with its unit, as a firing says it."""

import pytest

from watchkeeper.alerts.signals.signal import Measure
from watchkeeper.alerts.wording import amount


@pytest.mark.parametrize(
    ("value", "measure", "metric", "said"),
    [
        (12_334.6, Measure.METRIC, "rmse", "12,335"),
        (0.123456, Measure.METRIC, "auc", "0.1235"),
        (0.0434, Measure.METRIC, "mape", "4.34 %"),
        (250.4, Measure.MILLISECONDS, None, "250 ms"),
        (1.4, Measure.TIMES_USUAL, None, "1.4 times the usual"),
        (0.1, Measure.SHARE, None, "10 %"),
    ],
)
def test_an_amount_is_told_in_its_unit(value: float, measure: Measure, metric: str | None, said: str) -> None:
    assert amount(value, measure, metric) == said
