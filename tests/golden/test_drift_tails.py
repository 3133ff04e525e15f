"""The laws behind the verdicts against SciPy, and against every outcome that there could have been."""

from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pytest
from scipy.integrate import quad
from scipy.stats import betabinom, false_discovery_control, hypergeom, nbinom, norm, pearson3

from tests.fakes.columns import of_numbers
from watchkeeper.monitoring.drift import effect, family, scores, urn
from watchkeeper.monitoring.drift.tails import exceedance, hypergeometric, new_levels, pearson_square, pearson_three

Counts = npt.NDArray[np.int64]
MARGINS = [((2, 3, 4), 4), ((1, 1, 5, 2), 3), ((6, 3), 2), ((2, 2, 2, 2), 4)]
every_margin = pytest.mark.parametrize(("pooled", "drawn"), MARGINS)


def windows(pooled: tuple[int, ...], drawn: int) -> list[tuple[Counts, float]]:
    """All tables with these margins and their chances, by drawing every subset of rows."""
    rows = np.repeat(np.arange(len(pooled)), pooled)
    found: dict[tuple[int, ...], int] = {}
    for chosen in combinations(range(rows.size), drawn):
        table = tuple(np.bincount(rows[list(chosen)], minlength=len(pooled)).tolist())
        found[table] = found.get(table, 0) + 1
    total = sum(found.values())
    return [(np.array(table), times / total) for table, times in found.items()]


def test_the_tail_of_fisher_s_test_is_scipy_s() -> None:
    chance = np.random.default_rng(1)
    total = chance.integers(10, 40_000, 500)
    drawn, marked = (np.array([chance.integers(1, rows) for rows in total]) for _ in range(2))
    hits = np.array([chance.hypergeometric(k, n - k, d) for k, n, d in zip(marked, total, drawn, strict=True)])
    hits = np.clip(
        hits + chance.integers(-40, 41, 500), np.maximum(0, drawn + marked - total), np.minimum(drawn, marked)
    )
    found = hypergeometric.two_sided(hits, drawn, marked, total)
    tails = np.minimum(hypergeom.sf(hits - 1, total, marked, drawn), hypergeom.cdf(hits, total, marked, drawn))
    expected = np.minimum(2 * tails, 1)
    near = found == 1.0
    assert expected[near].min() > 0.1
    assert found[~near] == pytest.approx(expected[~near], rel=1e-6, abs=1e-300)


@pytest.mark.parametrize(("window", "reference"), [(3, 4), (5, 2), (2, 6), (4, 1)])
def test_rows_outside_the_range_are_counted_over_all_orders(window: int, reference: int) -> None:
    orders = combinations(range(window + reference), reference)
    seen = [window + reference - 1 - places[-1] + places[0] for places in orders]
    for k in range(window + 1):
        found = exceedance.at_least(np.array(k), np.array(window), np.array(reference))
        assert found == pytest.approx(np.mean(np.array(seen) >= k if reference > 1 else True))


def test_rows_outside_the_range_are_beta_binomial() -> None:
    k = np.arange(60)
    found = exceedance.at_least(k, np.full(60, 3_000), np.full(60, 1_000))
    assert found == pytest.approx(betabinom.sf(k - 1, 3_000, 2, 999), rel=1e-4)


def test_new_levels_are_negative_binomial() -> None:
    k = np.arange(1, 60)
    found = new_levels.at_least(k, np.full(59, 500), np.full(59, 2_000), np.full(59, 40), np.full(59, 11))
    mean, variance = 41.0, 63.0
    assert found == pytest.approx(nbinom.sf(k - 1, mean**2 / variance, 1 / (1 + variance / mean / 4)), rel=1e-9)


def test_levels_that_might_be_new_widen_the_law_of_new_ones() -> None:
    """By hand: levels of two and three rows are the window's alone with chances of a quarter and an eighth."""
    known = new_levels.hidden(np.array([[2, 3, 0], [0, 0, 0]]), np.array([50, 50]), np.array([50, 50]))
    assert known.tolist() == [4 / 4 + 9 / 8, 0.0]
    rows, once, twice = np.array([500]), np.array([2]), np.array([1])
    found = new_levels.at_least(np.array([7]), rows, rows, once, twice, np.array([10.0]))
    mean, variance = 3.0, 5.0 + 10.0 / 2
    assert found == pytest.approx(nbinom.sf(6, mean**2 / variance, 1 / (1 + variance / mean)), rel=1e-9)


@pytest.mark.parametrize("skewness", [-2.0, -0.3, 0.0, 0.01, 0.7])
def test_the_tails_of_the_third_type_are_scipy_s(skewness: float) -> None:
    z = np.linspace(-5, 5, 41)
    law = pearson3(skewness)
    expected = np.minimum(2 * np.minimum(law.sf(z), law.cdf(z)), 1)
    assert pearson_three.two_sided(z, np.full(41, skewness)) == pytest.approx(expected, rel=1e-7, abs=1e-14)


@every_margin
def test_the_moments_of_chi_square_are_those_of_all_tables(pooled: tuple[int, ...], drawn: int) -> None:
    tables = windows(pooled, drawn)
    of_all = np.array(pooled)
    values = np.array(
        [float(pearson_square.statistic((of_all - now)[np.newaxis], now[np.newaxis])[0]) for now, _ in tables]
    )
    weights = np.array([weight for _, weight in tables])
    m, n = np.array([of_all.sum() - drawn]), np.array([drawn])
    mean, variance = pearson_square.moments(of_all[np.newaxis], m, n)
    assert mean[0] == pytest.approx(weights @ values)
    assert variance[0] == pytest.approx(weights @ values**2 - (weights @ values) ** 2)


@every_margin
def test_the_moments_of_a_sum_of_scores_are_those_of_all_tables(pooled: tuple[int, ...], drawn: int) -> None:
    """So its p-value is that of the third type at the sum as it lies among all sums."""
    tables, of_all = windows(pooled, drawn), np.array(pooled)
    for kind in (scores.location, scores.spread):
        each = kind(of_all[np.newaxis])[0]
        sums, weights = np.array([now @ each for now, _ in tables]), np.array([weight for _, weight in tables])
        deviation = np.sqrt(weights @ (sums - weights @ sums) ** 2)
        z = (sums - weights @ sums) / deviation
        expected = pearson_three.two_sided(z, np.full(z.shape, weights @ z**3))
        now = np.array([table for table, _ in tables])
        found = scores.p_values(of_all - now, now, np.broadcast_to(each, now.shape))
        assert found == pytest.approx(expected, rel=1e-6)


def test_scores_are_means_over_the_places_of_a_bin() -> None:
    pooled, place = np.array([[3, 0, 5, 2]]), np.array([0, 0.3, 0.3, 0.8, 1.0])
    for kind, power in ((scores.location, 1), (scores.spread, 2)):
        found = kind(pooled)[0]
        assert found[1] == 0
        for bin_ in (0, 2, 3):
            low, high = norm.ppf(place[bin_]), norm.ppf(place[bin_ + 1])
            area, _ = quad(lambda z, power=power: z**power * norm.pdf(z), low, high)
            assert found[bin_] == pytest.approx(area / (place[bin_ + 1] - place[bin_]), abs=1e-7)


def test_the_size_of_half_and_half_against_one_in_four_by_hand() -> None:
    """4 (1/2 ln 4/3 + 1/2 ln 4/5 + 1/4 ln 2/3 + 3/4 ln 6/5), less 1/1000 + 1/100."""
    found = effect.effects(np.array([[500.0, 500.0]]), np.array([[25.0, 75.0]]))
    logs = np.log([4 / 3, 4 / 5, 2 / 3, 6 / 5])
    distance = 4 * (logs @ [0.5, 0.5, 0.25, 0.75])
    variance = 16 * (0.25 * (logs[0] - logs[1]) ** 2 / 1000 + 3 / 16 * (logs[2] - logs[3]) ** 2 / 100)
    deviation = np.sqrt(variance + 2 * 0.011**2)
    assert found.estimate[0] == pytest.approx(distance - 0.011)
    assert found.low[0] == pytest.approx(distance - 0.011 - norm.ppf(0.95) * deviation)
    assert found.high[0] == pytest.approx(distance - 0.011 + norm.ppf(0.95) * deviation)


@pytest.mark.parametrize(("m", "n", "shift"), list(product([1_000, 10_000], [200, 1_000, 10_000], [0.2, 0.5])))
def test_the_interval_of_the_size_holds_it_about_as_often_as_it_says(m: int, n: int, shift: float) -> None:
    chance = np.random.default_rng(5)
    edges = norm.ppf(np.linspace(0, 1, 11))
    p, q = np.full(10, 0.1), np.diff(norm.cdf(edges - shift))
    truth = 4 * (p @ np.log(2 * p / (p + q)) + q @ np.log(2 * q / (p + q)))
    before, now = (chance.multinomial(rows, of, 2_000).astype(np.float64) for rows, of in ((m, p), (n, q)))
    found = effect.effects(before, now)
    held = float(((found.low <= truth) & (truth <= found.high)).mean())
    assert 0.86 < held <= 0.99


def test_steps_of_holm_by_hand() -> None:
    """At 5 %: .04/4 is more than one column may take, .008; so .008, .008, .008 and .008 again at .04/2 and .04/1."""
    p = np.array([0.009, 0.001, 0.004, 0.5])
    assert family.thresholds(p, 0.05).tolist() == pytest.approx([0.008] * 4)
    many = np.concatenate([[1e-4, 2.1e-4], np.full(198, 0.5)])
    found = family.thresholds(many, 0.05)
    assert found[:2].tolist() == pytest.approx([0.04 / 200, 0.04 / 199])
    assert found[2] == pytest.approx(0.04 / 199)
    assert family.adjusted(many)[:3].tolist() == pytest.approx([1e-4 * 250, 2.1e-4 * 199 / 0.8, 1.0])


def test_a_column_is_significant_where_its_adjusted_p_value_is_at_most_alpha() -> None:
    chance = np.random.default_rng(2)
    for _ in range(200):
        p = chance.uniform(size=12) ** 6
        assert ((p <= family.thresholds(p, 0.05)) == (family.adjusted(p) <= 0.05)).all()


def test_q_values_are_scipy_s() -> None:
    p = np.random.default_rng(3).uniform(size=40) ** 2
    assert family.q_values(p) == pytest.approx(false_discovery_control(p))


def test_the_urn_s_mean_variance_and_skewness_are_those_of_all_ways_to_lie_between_the_reference_s_rows() -> None:
    """Three rows of the reference: every way to put four others before, between or behind them is as likely."""
    ways = np.array([way for way in product(range(5), repeat=4) if sum(way) == 4])
    below, *between = ways.T
    window = np.stack([below, np.zeros_like(below), *between], axis=-1)
    reference = np.broadcast_to([0, 1, 1, 1, 0], window.shape)
    sides = of_numbers(reference, window)
    held = urn.stock(sides)
    assert held[0] == pytest.approx([1, 0, 1, 1, 1], abs=1e-5)
    centred = scores.spread(held)[0] - (held[0] * scores.spread(held)[0]).sum() / 4
    sums = window @ centred
    assert sums.mean() == pytest.approx(0, abs=1e-5)
    variance, third = (sums**2).mean(), (sums**3).mean()
    expected = pearson_three.two_sided(sums / np.sqrt(variance), np.full(len(sums), third / variance**1.5))
    assert urn.drawn(sides, scores.spread) == pytest.approx(expected, rel=1e-4)
