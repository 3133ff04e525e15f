"""The measures against SciPy, and against numbers worked out by hand."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, entropy, ks_2samp, wasserstein_distance

from watchkeeper.monitoring.drift.measures import MEASURES

Counts = npt.NDArray[np.int64]
SEEDS = range(20)


def two_sides(seed: int, *, lowest: int) -> tuple[Counts, Counts]:
    chance = np.random.default_rng(seed)
    groups = int(chance.integers(2, 40))
    return chance.integers(lowest, 500, groups), chance.integers(lowest, 5_000, groups)


@pytest.mark.parametrize("seed", SEEDS)
def test_jensen_shannon_is_scipy_s_distance_of_base_two(seed: int) -> None:
    reference, current = two_sides(seed, lowest=0)
    expected = jensenshannon(reference.astype(float), current.astype(float), base=2)
    assert MEASURES["jensen_shannon"].function(reference, current) == pytest.approx(float(expected), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_index_is_the_sum_of_scipy_s_entropies_both_ways(seed: int) -> None:
    reference, current = two_sides(seed, lowest=20)
    p, q = reference / reference.sum(), current / current.sum()
    expected = float(entropy(p, q)) + float(entropy(q, p))
    assert MEASURES["psi"].function(reference, current) == pytest.approx(expected, abs=1e-12)


def test_half_and_half_against_one_in_four_by_hand() -> None:
    """P = (1/2, 1/2), q = (1/4, 3/4), average (3/8, 5/8); PSI = 1/4 ln 2 + 1/4 ln 3/2 = 1/4 ln 3."""
    reference, current = np.array([50, 50]), np.array([5, 15])
    of_p = 0.5 * math.log2(4 / 3) + 0.5 * math.log2(4 / 5)
    of_q = 0.25 * math.log2(2 / 3) + 0.75 * math.log2(6 / 5)
    assert MEASURES["jensen_shannon"].function(reference, current) == pytest.approx(math.sqrt((of_p + of_q) / 2))
    assert MEASURES["psi"].function(reference, current) == pytest.approx(math.log(3) / 4)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_statistic_of_kolmogorov_and_smirnov_is_scipy_s_of_the_rows(seed: int) -> None:
    reference, current = two_sides(seed, lowest=1)
    expected = ks_2samp(as_rows(reference), as_rows(current), method="asymp").statistic
    assert MEASURES["kolmogorov_smirnov"].function(reference, current) == pytest.approx(float(expected), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_wasserstein_distance_is_scipy_s_over_the_reference_s_deviation(seed: int) -> None:
    reference, current = two_sides(seed, lowest=1)
    places = np.sort(np.random.default_rng(seed).normal(size=reference.size))
    before, now = (places[as_rows(counts)] for counts in (reference, current))
    expected = float(wasserstein_distance(before, now)) / before.std()
    assert MEASURES["wasserstein"].function(reference, current, places) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_chi_square_is_scipy_s(seed: int) -> None:
    reference, current = two_sides(seed, lowest=1)
    expected = chi2_contingency(np.array([reference, current]), correction=False).statistic
    assert MEASURES["chi_square"].function(reference, current) == pytest.approx(float(expected), rel=1e-9)


def test_three_groups_by_hand() -> None:
    """(5, 3, 2) / 10 against (2, 2, 6) / 10: differences .3, .1, -.4; cumulated .3, .4; expected 3.5, 2.5, 4."""
    reference, current = np.array([5, 3, 2]), np.array([2, 2, 6])
    found = {name: MEASURES[name].function(reference, current) for name in MEASURES}
    assert found["total_variation"] == pytest.approx(0.4)
    assert found["kolmogorov_smirnov"] == pytest.approx(0.4)
    assert found["wasserstein"] == pytest.approx(0.7 / math.sqrt(0.61))
    assert found["chi_square"] == pytest.approx(2 * (1.5**2 / 3.5 + 0.5**2 / 2.5 + 2.0**2 / 4))


def as_rows(counts: Counts) -> Counts:
    return np.repeat(np.arange(counts.size), counts)
