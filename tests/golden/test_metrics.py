"""The metrics against scikit-learn, and against numbers worked out by hand."""

import math

import numpy as np
import pytest
import sklearn.metrics as theirs

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.metrics import METRICS

SEEDS = range(20)


def ours(name: str, truth: Numbers, answer: Numbers) -> float:
    found = METRICS[name].function(truth, answer)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_metrics_of_numbers_are_scikit_learn_s(seed: int) -> None:
    chance = np.random.default_rng(seed)
    truth = chance.normal(50, 10, 300)
    answer = truth + chance.normal(1, 5, 300)
    for name, function in {
        "mae": theirs.mean_absolute_error,
        "rmse": theirs.root_mean_squared_error,
        "mape": theirs.mean_absolute_percentage_error,
        "r2": theirs.r2_score,
    }.items():
        assert ours(name, truth, answer) == pytest.approx(function(truth, answer), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_metrics_of_probabilities_are_scikit_learn_s(seed: int) -> None:
    chance = np.random.default_rng(seed)
    answer = chance.random(300).round(2)
    truth = (chance.random(300) < answer).astype(float)
    for name, function in {
        "auc": theirs.roc_auc_score,
        "log_loss": theirs.log_loss,
        "brier": theirs.brier_score_loss,
    }.items():
        assert ours(name, truth, answer) == pytest.approx(function(truth, answer), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_metrics_of_classes_are_scikit_learn_s(seed: int) -> None:
    chance = np.random.default_rng(seed)
    answer = chance.random(300)
    truth = (chance.random(300) < answer).astype(float)
    for name, function in {
        "accuracy": theirs.accuracy_score,
        "precision": theirs.precision_score,
        "recall": theirs.recall_score,
    }.items():
        assert ours(name, truth, answer) == pytest.approx(function(truth, answer >= 0.5), rel=1e-12)


def test_three_numbers_by_hand() -> None:
    """Errors of 1, 0 and -4 on 2, 4 and 6: around the mean of 4 there is 8 to explain."""
    truth, answer = np.array([2.0, 4.0, 6.0]), np.array([3.0, 4.0, 2.0])
    assert ours("mae", truth, answer) == pytest.approx(5 / 3)
    assert ours("rmse", truth, answer) == pytest.approx(math.sqrt(17 / 3))
    assert ours("mape", truth, answer) == pytest.approx((1 / 2 + 4 / 6) / 3)
    assert ours("bias", truth, answer) == pytest.approx(-1.0)
    assert ours("r2", truth, answer) == pytest.approx(1 - 17 / 8)


def test_four_probabilities_by_hand() -> None:
    """Of four pairs of a positive and a negative, two are won, one is lost and one is a draw."""
    truth, answer = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.8, 0.8, 0.4, 0.2])
    assert ours("auc", truth, answer) == pytest.approx((0.5 + 1 + 0 + 1) / 4)
    assert ours("brier", truth, answer) == pytest.approx((0.04 + 0.64 + 0.36 + 0.04) / 4)
    assert ours("log_loss", truth, answer) == pytest.approx(-math.log(0.8 * 0.2 * 0.4 * 0.8) / 4)
    assert [ours(name, truth, answer) for name in ("accuracy", "precision", "recall")] == [0.5, 0.5, 0.5]


def test_a_percentage_of_zero_is_left_out() -> None:
    assert ours("mape", np.array([0.0, 10.0]), np.array([5.0, 11.0])) == pytest.approx(0.1)
