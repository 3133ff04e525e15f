"""The area under the ROC curve and its deviations against scikit-learn, SciPy and sums over all pairs."""

import math

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, rankdata
from sklearn.metrics import roc_auc_score

from watchkeeper.monitoring.multivariate.ranks import area, ranks_of


@pytest.mark.parametrize("levels", [1, 3, 10**9])
def test_ranks_are_scipy_s(levels: int) -> None:
    scores = np.random.default_rng(levels).integers(0, levels, 200).astype(float)
    assert ranks_of(scores).tolist() == rankdata(scores).tolist()


@pytest.mark.parametrize("seed", range(6))
def test_the_area_is_scikit_learn_s(seed: int) -> None:
    chance = np.random.default_rng(seed)
    window, scores = chance.random(80) < 0.4, chance.integers(0, 12, 80).astype(float)
    assert area(scores, window).value == pytest.approx(float(roc_auc_score(window, scores)))


@pytest.mark.parametrize("seed", range(6))
def test_without_drift_its_deviation_is_that_of_mann_and_whitney_s_test(seed: int) -> None:
    chance = np.random.default_rng(seed)
    window, scores = np.arange(300) >= 180, chance.integers(0, 30, 300).astype(float)
    found = area(scores, window)
    test = mannwhitneyu(scores[window], scores[~window], alternative="greater", use_continuity=False)
    z = (found.value - 0.5) / found.without_drift
    assert test.pvalue == pytest.approx(float(0.5 * (1 - math.erf(z / 2**0.5))), rel=1e-6)


def test_delong_s_deviation_over_all_pairs() -> None:
    """Each row's share of the pairs that it wins; the variance of these shares over their number, for both sides."""
    chance = np.random.default_rng(9)
    reference, window = chance.normal(size=30), chance.normal(0.7, size=20)
    wins = (window[:, np.newaxis] > reference).astype(float)
    expected = wins.mean(axis=1).var(ddof=1) / 20 + wins.mean(axis=0).var(ddof=1) / 30
    found = area(np.concatenate([reference, window]), np.arange(50) >= 30)
    assert found.value == pytest.approx(wins.mean())
    assert found.deviation == pytest.approx(expected**0.5)


def test_rows_in_blocks_of_one_are_independent_rows() -> None:
    chance = np.random.default_rng(10)
    scores, window = chance.normal(size=60), np.arange(60) >= 25
    assert area(scores, window, np.arange(60)).deviation == pytest.approx(area(scores, window).deviation)


def test_rows_that_come_twice_in_one_block_are_worth_one() -> None:
    chance = np.random.default_rng(11)
    scores, window = chance.normal(size=60), np.arange(60) >= 25
    twice = area(np.repeat(scores, 2), np.repeat(window, 2), np.repeat(np.arange(60), 2))
    assert twice.deviation == pytest.approx(area(scores, window).deviation)
    assert area(np.repeat(scores, 2), np.repeat(window, 2)).deviation < 0.75 * twice.deviation


def test_sides_that_are_wholly_apart_are_not_sure_beyond_their_rows() -> None:
    found = area(np.arange(40.0), np.arange(40) >= 20)
    assert (found.value, found.deviation) == (1.0, 1 / 40)
