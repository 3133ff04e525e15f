"""Performance from tallies against scikit-learn; its intervals and verdicts in simulation."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter
from scipy.stats import binomtest, norm
from sklearn import metrics as sk

from watchkeeper.learning.signature import BINARY, REGRESSION
from watchkeeper.monitoring.performance.comparing import Pair, Verdict, compare, differences
from watchkeeper.monitoring.performance.estimating import Block, Spread, estimate, share_interval
from watchkeeper.monitoring.performance.metrics import measure
from watchkeeper.monitoring.performance.tally import Tally, tally, total
from watchkeeper.monitoring.performance.wording import sentence

FIRST = date(2024, 1, 1)
SIMULATIONS = 400
RIGHT = 1.0


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def persistent(chance: np.random.Generator, size: int, *, likeness: float) -> Any:
    """Errors of variance 1 of which each is like the one before (an autoregression of order 1)."""
    shocks = chance.normal(size=size) * np.sqrt(1 - likeness**2)
    shocks[0] = chance.normal()
    return lfilter([1.0], [1.0, -likeness], shocks)


def test_metrics_of_numbers_are_those_of_scikit_learn() -> None:
    chance = np.random.default_rng(1)
    truth = chance.normal(5000, 900, size=3000)
    answer = truth + chance.normal(20, 200, size=3000)
    parts = total(REGRESSION, [tally(REGRESSION, truth[p], answer[p]) for p in np.array_split(np.arange(3000), 31)])
    expected = {
        "mae": sk.mean_absolute_error(truth, answer),
        "rmse": sk.root_mean_squared_error(truth, answer),
        "mape": sk.mean_absolute_percentage_error(truth, answer),
        "r2": sk.r2_score(truth, answer),
        "bias": float((answer - truth).mean()),
    }
    assert {name: measure(name, parts).value for name in expected} == pytest.approx(expected, rel=1e-9)


def test_metrics_of_classes_are_those_of_scikit_learn() -> None:
    chance = np.random.default_rng(2)
    chances = chance.beta(2, 3, size=5000)
    truth = (chance.uniform(size=5000) < chances).astype(float)
    called = chances >= 0.5
    found = total(BINARY, [tally(BINARY, truth[p], chances[p], called[p]) for p in np.array_split(np.arange(5000), 17)])
    expected = {
        "log_loss": sk.log_loss(truth, chances),
        "accuracy": sk.accuracy_score(truth, called),
        "precision": sk.precision_score(truth, called),
        "recall": sk.recall_score(truth, called),
        "brier": sk.brier_score_loss(truth, chances),
    }
    assert {name: measure(name, found).value for name in expected} == pytest.approx(expected, rel=1e-9)
    assert measure("auc", found).value == pytest.approx(sk.roc_auc_score(truth, chances), abs=2e-5)


def test_the_threshold_in_force_is_that_of_the_calls() -> None:
    truth, answer = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.3, 0.3, 0.9, 0.1])
    strict, lenient = (tally(BINARY, truth, answer, answer >= threshold) for threshold in (0.5, 0.2))
    assert [measure("recall", each).value for each in (strict, lenient)] == [0.5, 1.0]
    assert [measure("accuracy", each).value for each in (strict, lenient)] == [0.75, 0.75]


@pytest.mark.parametrize("task", [REGRESSION, BINARY])
@pytest.mark.parametrize(
    ("days", "an_hour", "likeness"),
    [
        (7, 1, 0.0),
        (7, 1, 0.8),
        (30, 1, 0.0),
        (30, 1, 0.8),
        (30, 2, 0.9),
        (90, 2, 0.98),
        (1, 1, 0.8),
    ],
)
def test_a_95_percent_interval_holds_the_truth_about_as_often(
    task: str, days: int, an_hour: int, likeness: float
) -> None:
    """Rows whose errors are like their neighbours', so that they are far from independent: those of a day that comes
    alone too, as long as the likeness is gone within some hours."""
    chance = np.random.default_rng([days, an_hour, int(100 * likeness)])
    rows = 24 * an_hour
    parts = np.repeat(np.arange(24), an_hour) // 3 if days == 1 else np.zeros(rows)
    held = 0
    for _ in range(SIMULATIONS):
        errors = persistent(chance, days * rows, likeness=likeness).reshape(days, rows)
        blocks = [
            Block(day(number), int(part), scored(task, errors[number, parts == part]))
            for number in range(days)
            for part in np.unique(parts)
        ]
        found = estimate("mae" if task == REGRESSION else "accuracy", task, blocks)
        assert found.low is not None
        assert found.high is not None
        expected = float(np.sqrt(2 / np.pi)) if task == REGRESSION else float(norm.cdf(RIGHT))
        held += found.low <= expected <= found.high
    assert 0.90 <= held / SIMULATIONS <= 0.98


def scored(task: str, errors: Any) -> Tally:
    """Of a number that is off by them, or of a class that is right where they are below a threshold."""
    if task == REGRESSION:
        return tally(REGRESSION, np.full(len(errors), 10.0), 10.0 + errors)
    return tally(BINARY, np.ones(len(errors)), (errors < RIGHT).astype(float))


@given(st.integers(1, 3000), st.data())
def test_a_share_of_independent_rows_has_wilsons_interval(rows: int, data: st.DataObject) -> None:
    """As SciPy computes it."""
    right = data.draw(st.integers(0, rows))
    share = right / rows
    spread = Spread(error=float(np.sqrt(share * (1 - share) / rows)), freedom=np.inf)
    expected = binomtest(right, rows).proportion_ci(confidence_level=0.95, method="wilson")
    assert share_interval(share, rows, spread) == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(st.floats(0, 1), st.integers(1, 10**6), st.floats(0, 1), st.integers(2, 400))
def test_the_interval_of_a_share_holds_it_and_stays_within_0_and_1(
    share: float, rows: int, error: float, freedom: int
) -> None:
    low, high = share_interval(share, rows, Spread(error, freedom))
    assert 0 <= low <= share <= high <= 1
    wider = share_interval(share, rows, Spread(error * 2, freedom))
    assert wider[0] <= low + 1e-12
    assert wider[1] >= high - 1e-12


def test_a_share_of_rows_that_are_all_right_still_has_an_interval() -> None:
    blocks = [Block(day(number), 0, scored(BINARY, np.zeros(20))) for number in range(5)]
    found = estimate("accuracy", BINARY, blocks)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low is not None
    assert 0.9 < found.low < 1.0


def challenged(chance: np.random.Generator, *, days: int, gain: float) -> list[Pair]:
    """Both roles' errors are alike, and like their neighbours'; the challenger's are smaller by a share."""
    truth = np.full(days * 48, 100.0)
    together = persistent(chance, days * 48, likeness=0.9)
    own = [0.5 * persistent(chance, days * 48, likeness=0.9) for _ in range(2)]
    answers = [truth + together + own[0], truth + (1 - gain) * (together + own[1])]
    return [
        Pair(day(n), 0, *(tally(REGRESSION, truth[p], answer[p]) for answer in answers))
        for n, p in enumerate(np.array_split(np.arange(days * 48), days))
    ]


@pytest.mark.parametrize("days", [7, 14, 30, 90])
def test_models_alike_are_seldom_told_apart(days: int) -> None:
    chance = np.random.default_rng([5, days])
    verdicts = [compare("mae", REGRESSION, challenged(chance, days=days, gain=0.0)).verdict for _ in range(SIMULATIONS)]
    assert verdicts.count(Verdict.BETTER) / SIMULATIONS <= 0.045
    assert verdicts.count(Verdict.WORSE) / SIMULATIONS <= 0.045


def test_as_many_more_days_as_are_said_to_be_enough_mostly_are() -> None:
    """Of comparisons that are not known yet after ten days, though the challenger is better by a fifth."""
    chance, told = np.random.default_rng(9), []
    for _ in range(100):
        pairs = challenged(chance, days=90, gain=0.2)
        early = compare("mae", REGRESSION, pairs[:10])
        if early.verdict is Verdict.UNKNOWN and early.enough is not None and early.enough <= 80:
            assert early.enough > 0
            assert f"{early.enough:,} more day" in sentence(early)
            later = compare("mae", REGRESSION, pairs[: 10 + 2 * early.enough])
            told.append(later.verdict is Verdict.BETTER)
    assert len(told) > 20
    assert np.mean(told) > 0.6


def test_the_difference_of_each_day_is_that_of_its_rows() -> None:
    pairs = challenged(np.random.default_rng(10), days=5, gain=0.3)
    found = differences("mae", REGRESSION, pairs)
    assert [each.day for each in found] == [day(number) for number in range(5)]
    mae = [[measure("mae", side).value or 0.0 for side in (pair.champion, pair.challenger)] for pair in pairs]
    assert [each.difference for each in found] == pytest.approx([other - own for own, other in mae])
    assert {each.low for each in found} == {None}


def test_a_challenger_that_is_better_by_a_tenth_is_found() -> None:
    chance = np.random.default_rng(6)
    found = [compare("mae", REGRESSION, challenged(chance, days=60, gain=0.1)) for _ in range(100)]
    assert sum(each.verdict is Verdict.BETTER for each in found) >= 60
    assert not any(each.verdict is Verdict.WORSE for each in found)


def test_the_same_answers_are_no_difference_worth_having() -> None:
    pairs = [
        Pair(each.day, 0, each.champion, each.champion) for each in challenged(np.random.default_rng(7), days=9, gain=0)
    ]
    found = compare("mae", REGRESSION, pairs)
    assert (found.difference, found.verdict) == (0.0, Verdict.ALIKE)


def test_two_blocks_are_too_few_to_know() -> None:
    found = compare("mae", REGRESSION, challenged(np.random.default_rng(8), days=2, gain=0.5))
    assert (found.verdict, found.low) == (Verdict.UNKNOWN, None)
    assert (found.days, found.enough) == (2, 1)
    assert sentence(found) == "Not known yet: there are labels of 2 days; 3 are needed."
