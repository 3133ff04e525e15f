"""A deployment in a sentence."""

from dataclasses import replace

import pytest

from watchkeeper.monitoring.performance.comparing import Comparison, Verdict
from watchkeeper.monitoring.performance.wording import difference_of
from watchkeeper.monitoring.summary import Drifted, Summary

BETTER = Comparison("mape", 1440, 30, 30, 0.046, 0.043, -0.003, -0.005, -0.001, 0.97, 0.0005, Verdict.BETTER, 0)
WELL = Summary(
    start="2013-01-01",
    end="2013-01-30",
    today="2013-01-31",
    state="healthy",
    health="Healthy: both models answer.",
    predictions=1440,
    days=30,
    a_day=48.0,
    errors=0,
    metric="mape",
    value=0.046,
    share=1.0,
    drifted=(Drifted("Temperature", "2013-01-14"),),
    alerts=1,
    others=0,
    challenged=True,
    comparison=BETTER,
)


def test_a_large_metric_has_all_its_digits() -> None:
    far = replace(BETTER, metric="rmse", difference=-1_140.4)
    assert difference_of(far) == "1,140 in RMSE"


def test_it_says_all_that_matters() -> None:
    assert WELL.sentence == (
        "Healthy. 48 predictions a day, 4.6 % MAPE, Temperature drifted since 14 January; "
        "the challenger is better by 0.3 points, 97 % sure."
    )


@pytest.mark.parametrize(
    ("summary", "says"),
    [
        (replace(WELL, predictions=0), "Healthy. No call in this period."),
        (replace(WELL, state="down", health="Down: no prediction process is there."), "Down: no prediction process"),
        (replace(WELL, a_day=1.0), "1 prediction a day"),
        (replace(WELL, a_day=0.25), "0.25 predictions a day"),
        (replace(WELL, a_day=1234567.0), "1,234,567 predictions a day"),
        (replace(WELL, errors=2), "48 predictions a day, 2 errors, 4.6 % MAPE"),
        (replace(WELL, value=None), "no labels yet"),
        (replace(WELL, metric="mae", value=4321.4), "4,321 MAE"),
        (replace(WELL, metric="auc", value=0.914), "0.914 AUC"),
        (replace(WELL, drifted=()), "4.6 % MAPE; the challenger"),
        (
            replace(WELL, drifted=(Drifted("a", "2012-12-31"), Drifted("b", "2013-01-02"))),
            "a and 1 other drifted since ",
        ),
        (replace(WELL, drifted=(Drifted("a", "2012-12-31"),)), "a drifted since 31 December 2012"),
        (replace(WELL, today="2014-02-01"), "Temperature drifted since 14 January 2013;"),
        (replace(WELL, alerts=3, others=2), " 2 more alerts are open."),
        (replace(WELL, drifted=3 * WELL.drifted, alerts=3, others=2), " 2 more alerts are open."),
        (replace(WELL, others=1, drifted=()), " 1 alert is open."),
        (replace(WELL, challenged=False, comparison=None), "since 14 January."),
        (replace(WELL, comparison=None), "; whether the challenger is better is not known yet."),
        (replace(WELL, comparison=replace(BETTER, verdict=Verdict.UNKNOWN)), "is not known yet."),
        (replace(WELL, comparison=replace(BETTER, verdict=Verdict.ALIKE)), "; the challenger is as good."),
        (
            replace(WELL, comparison=replace(BETTER, metric="mae", difference=46.04, verdict=Verdict.WORSE)),
            "; the challenger is worse by 46 in MAE, 97 % sure.",
        ),
    ],
)
def test_it_says_what_there_is(summary: Summary, says: str) -> None:
    assert says in summary.sentence
