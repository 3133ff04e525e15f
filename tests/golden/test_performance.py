"""Performance from tallies against scikit-learn; its intervals and verdicts in simulation."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sk

from watchkeeper.learning.signature import BINARY, REGRESSION
from watchkeeper.monitoring.performance.comparing import Pair, Verdict, compare
from watchkeeper.monitoring.performance.estimating import Block, estimate
from watchkeeper.monitoring.performance.metrics import measure
from watchkeeper.monitoring.performance.tally import tally, total

FIRST = date(2024, 1, 1)
SIMULATIONS = 400


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def persistent(chance: np.random.Generator, size: int, *, likeness: float) -> Any:
    """Errors of variance 1 of which each is like the one before (an autoregression of order 1)."""
    shocks = chance.normal(size=size) * np.sqrt(1 - likeness**2)
    found = np.empty(size)
    found[0] = chance.normal()
    for place in range(1, size):
        found[place] = likeness * found[place - 1] + shocks[place]
    return found


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


@pytest.mark.parametrize(("days", "likeness"), [(7, 0.9), (30, 0.0), (30, 0.9), (90, 0.9), (90, 0.98)])
def test_a_95_percent_interval_holds_the_truth_about_as_often(days: int, likeness: float) -> None:
    """Half-hours whose errors are like their neighbours', so that rows are far from independent."""
    chance = np.random.default_rng([days, int(100 * likeness)])
    expected = float(np.sqrt(2 / np.pi))
    held = 0
    for _ in range(SIMULATIONS):
        errors = persistent(chance, days * 48, likeness=likeness).reshape(days, 48)
        blocks = [
            Block(day(number), 0, tally(REGRESSION, np.full(48, 10.0), 10.0 + errors[number])) for number in range(days)
        ]
        found = estimate("mae", REGRESSION, blocks)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= expected <= found.high
    assert 0.90 <= held / SIMULATIONS <= 0.99


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


def test_models_alike_are_seldom_told_apart() -> None:
    chance = np.random.default_rng(5)
    verdicts = [compare("mae", REGRESSION, challenged(chance, days=30, gain=0.0)).verdict for _ in range(SIMULATIONS)]
    assert verdicts.count(Verdict.BETTER) / SIMULATIONS <= 0.045
    assert verdicts.count(Verdict.WORSE) / SIMULATIONS <= 0.045


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
    assert found.reason
