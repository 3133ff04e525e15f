"""What is behind a drift against SciPy's divergence, and against models whose answers can be taken apart by hand."""

import math

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from watchkeeper.monitoring.causes.parts import contributions, parts
from watchkeeper.monitoring.causes.segmenting import concentrated
from watchkeeper.monitoring.causes.swapping import attribute


@pytest.mark.parametrize("seed", range(10))
def test_what_the_groups_add_sums_to_scipy_s_divergence(seed: int) -> None:
    chance = np.random.default_rng(seed)
    reference, window = chance.integers(0, 500, (2, 12))
    expected = 8 * float(jensenshannon(reference.astype(float), window.astype(float))) ** 2
    assert contributions(reference, window).sum() == pytest.approx(expected)


def test_two_groups_by_hand() -> None:
    """P = (1/2, 1/2), q = (1/4, 3/4), average (3/8, 5/8)."""
    first = 4 * (0.5 * math.log(4 / 3) + 0.25 * math.log(2 / 3))
    second = 4 * (0.5 * math.log(4 / 5) + 0.75 * math.log(6 / 5))
    assert contributions(np.array([50, 50]), np.array([5, 15])) == pytest.approx([first, second])


def test_neighbours_that_moved_the_same_way_are_one_range() -> None:
    reference, window = np.array([40, 40, 10, 10, 0]), np.array([25, 25, 20, 20, 10])
    labels, edges = ["up to 10", "10 to 20", "20 to 30", "over 30", "missing"], [0.0, 10.0, 20.0, 30.0, 45.0]
    found = {each.label: (each.before, each.now) for each in parts(reference, window, labels, edges=edges)}
    assert found == {"up to 20": (0.8, 0.5), "over 20": (0.2, 0.4), "missing": (0.0, 0.1)}


def test_of_a_sum_each_column_has_moved_its_own_term() -> None:
    chance = np.random.default_rng(1)
    now, before = ({name: chance.normal(mean, 1, 300) for name in "ab"} for mean in (2.0, 0.0))
    found = attribute(now, before, lambda rows: 3 * rows["a"] - rows["b"])
    for name, factor in (("a", 3.0), ("b", -1.0)):
        moved = factor * (now[name].mean() - before[name].mean())
        assert found.columns[name].part == pytest.approx(moved)
        assert found.columns[name].alone == pytest.approx(moved)
    assert found.whole == pytest.approx(found.columns["a"].part + found.columns["b"].part)


def test_of_a_product_two_columns_share_what_they_do_together() -> None:
    """From 1 x 1 to 3 x 2 is 5: a by itself, of 6, makes 4 (6 - 1 x 2), b makes 3 (6 - 3 x 1); by Shapley half of the
    sum of what each does first and last, (4 + 2) / 2 and (3 + 1) / 2."""
    now, before = ({"a": np.full(5, a), "b": np.full(5, b)} for a, b in ((3.0, 2.0), (1.0, 1.0)))
    found = attribute(now, before, lambda rows: rows["a"] * rows["b"], orders=1)
    assert (found.whole, found.columns["a"].alone, found.columns["b"].alone) == (5.0, 4.0, 3.0)
    assert (found.columns["a"].part, found.columns["b"].part) == (3.0, 2.0)


def test_a_spread_that_leaves_the_mean_is_seen_by_the_distance() -> None:
    now, before = {"a": np.array([-2.0, 2.0] * 50)}, {"a": np.array([-1.0, 1.0] * 50)}
    found = attribute(now, before, lambda rows: rows["a"]).columns["a"]
    assert found.distance == pytest.approx(1.0)
    assert abs(found.alone) <= 2 * found.error


def test_a_drift_in_one_segment_of_two() -> None:
    reference = np.array([[500, 500], [500, 500]])
    found = concentrated(reference, np.array([[500, 500], [900, 100]]), ["shop", "web"])
    assert found is not None
    assert (found.name, found.rows) == ("web", 0.5)
    assert found.drift == pytest.approx(1.0)
    assert concentrated(reference, np.array([[900, 100], [900, 100]]), ["shop", "web"]) is None


def test_rows_that_were_drawn_together_count_as_one() -> None:
    """Four rows in two blocks of alike ones: the standard error is that of two values, 1 and 3."""
    now, before = {"a": np.array([1.0, 1.0, 3.0, 3.0])}, {"a": np.zeros(4)}
    alone = attribute(now, before, lambda rows: rows["a"], orders=1)
    blocked = attribute(now, before, lambda rows: rows["a"], orders=1, blocks=np.array([7, 7, 2, 2]))
    assert alone.columns["a"].error == pytest.approx((4 / 3) ** 0.5 / 2)
    assert blocked.columns["a"].error == pytest.approx(2**0.5 / 2**0.5)
    assert [blocked.whole, blocked.error] == pytest.approx([2.0, 1.0])
