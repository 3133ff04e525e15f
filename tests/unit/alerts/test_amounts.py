"""A number with its unit, as a firing says it."""

import pytest

from tests.fakes.rules import rule
from watchkeeper.alerts.firing import Spell
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.alerts.signals.signal import Measure
from watchkeeper.alerts.wording import amount, headline, sentence


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


def test_a_rule_that_wants_to_be_sure_says_so_of_its_days() -> None:
    """The value alone was beyond the limit before."""
    spell = Spell("2026-11-15", "2026-11-17", "2026-11-20", None, 20_000.0, 37_585.0, 37_585.0)
    signal, limit = SIGNALS["performance"], rule(signal="performance", threshold=12_327.0, days=7, sure=True)
    assert headline(signal, spell, metric="rmse", sure=True) == "RMSE surely beyond its limit since 15 November 2026"
    assert headline(signal, spell, metric="rmse") == "RMSE beyond its limit since 15 November 2026"
    assert sentence(limit, signal, spell, metric="rmse") == (
        "The RMSE of the last 7 days is 37,585 (limit 12,327), surely beyond it since 15 November 2026."
    )
