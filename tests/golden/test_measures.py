"""The measures against SciPy, and against numbers worked out by hand."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

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
