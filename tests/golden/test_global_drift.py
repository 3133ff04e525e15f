"""Global drift by hand, and its laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.columns import distinct, zipf
from watchkeeper.monitoring.drift.effect import QUANTILE, Distances, distances, effects
from watchkeeper.monitoring.drift.judging import judge
from watchkeeper.monitoring.drift.overall import overall, overalls, weighted_overall
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import NO_ROWS, RECORD


def sizes(estimates: list[float], deviations: list[float], known: list[bool]) -> Distances:
    return Distances(np.array(estimates), np.array(deviations), np.array(known))


def test_two_columns_and_one_without_rows_by_hand() -> None:
    """Weights 3 and 1 of 4, the third column left out; of p-values .004 / .75 and .02 / .25, the first over .8."""
    found = weighted_overall(
        [sizes([0.2, -0.04], [0.02, 0.04], [True, True]), sizes([9.0], [9.0], [False])],
        np.array([0.004, 0.02, 0.0]),
        np.array([3.0, 1.0, 6.0]),
    )
    assert found is not None
    assert found.effect.estimate == pytest.approx(0.14)
    assert found.effect.high - found.effect.estimate == pytest.approx(QUANTILE * 0.025)
    assert found.p_value == pytest.approx(0.004 / 0.75 / 0.8)


def test_a_column_of_no_importance_is_not_asked() -> None:
    of = [sizes([0.5, 0.0], [0.1, 0.1], [True, True])]
    found = weighted_overall(of, np.array([1e-9, 0.5]), np.array([0.0, 1.0]))
    assert found is not None
    assert (found.effect.estimate, found.p_value) == (0.0, 0.625)


def test_where_no_column_is_important_all_are_alike() -> None:
    of = [sizes([0.4, 0.2], [0.1, 0.1], [True, True])]
    found = weighted_overall(of, np.ones(2), np.zeros(2))
    assert found is not None
    assert found.effect.estimate == pytest.approx(0.3)


def test_without_rows_there_is_no_global_drift() -> None:
    assert overall([], []) is None
    assert weighted_overall([sizes([0.0], [1.0], [False])], np.ones(1), np.ones(1)) is None


def test_many_windows_from_kept_verdicts_are_each_as_by_itself() -> None:
    chance = np.random.default_rng(5)
    records = np.zeros((4, 5), dtype=RECORD)
    records["distance"], records["deviation"] = chance.normal(0.05, 0.1, (4, 5)), chance.random((4, 5)) / 50
    records["p_value"] = chance.random((4, 5)) / 100
    records["verdict"][1, 2], records["distance"][1, 2] = NO_ROWS, np.nan
    weights = chance.random(5)
    found = overalls(records, weights, floor=0.02)
    for window, of in enumerate(records):
        known = np.isfinite(of["distance"])
        alone = weighted_overall(
            [Distances(np.nan_to_num(of["distance"]), of["deviation"], known)], of["p_value"], weights
        )
        assert alone is not None
        assert vars(found.effects()[window]) == pytest.approx(vars(alone.effect), rel=1e-5)
        assert found.p_value[window] == pytest.approx(alone.p_value, rel=1e-5)


@pytest.mark.parametrize(
    ("columns", "weights", "expected"),
    [
        (["drifted", "stable"], [1.0, 1.0], "drifted"),
        (["drifted", "stable"], [0.0, 1.0], "stable"),
        (["drifted", "stable"], [0.01, 1.0], "immaterial"),
        (["immaterial", "stable"], [1.0, 1.0], "immaterial"),
        (["not enough data", "stable"], [3.0, 1.0], "not enough data"),
        (["not enough data", "stable"], [1.0, 3.0], "stable"),
    ],
)
def test_its_verdict_follows_from_the_columns_that_weigh(
    columns: list[str], weights: list[float], expected: str
) -> None:
    records = np.zeros((1, 2), dtype=RECORD)
    records["verdict"] = [[CODES.index(Verdict(each)) for each in columns]]
    records["distance"], records["deviation"] = np.where(records["verdict"] == 0, 0.3, 0.0), 0.001
    assert CODES[overalls(records, np.array(weights), floor=0.02).codes[0]] == expected


def test_one_column_s_global_drift_is_its_own() -> None:
    sides = distinct(np.random.default_rng(1), 1, 1_000, 300)
    found, ((alone,),) = overall([sides], [np.ones(1)]), judge([sides])
    assert found is not None
    assert found.effect == alone.effect
    assert found.p_value == pytest.approx(min(alone.p_value / 0.8, 1.0))


def test_what_chance_makes_of_many_columns_is_taken_off() -> None:
    """The mean of columns that are cut at 0 each would not be 0."""
    sides = distinct(np.random.default_rng(2), 500, 2_000, 500)
    found = overall([sides], [np.ones(500)])
    assert found is not None
    assert found.effect.estimate < 0.002
    cut = effects(sides.reference.astype(np.float64), sides.window.astype(np.float64)).estimate.mean()
    assert cut > 0.002


@given(
    counts=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=2, max_size=8),
    weights=st.lists(st.floats(0, 1), min_size=2, max_size=2),
    order=st.permutations([0, 1]),
)
def test_the_order_of_columns_changes_nothing(
    counts: list[tuple[int, int]], weights: list[float], order: list[int]
) -> None:
    sides = np.array(counts).T
    both = [np.stack([side, side[::-1] + 1]).astype(np.float64) for side in sides]
    p_values, weight = np.array([0.2, 0.01]), np.array(weights)

    def found(places: list[int]) -> list[float]:
        of = weighted_overall([distances(both[0][places], both[1][places])], p_values[places], weight[places])
        assert of is not None
        assert 0.0 <= of.effect.low <= of.effect.estimate <= of.effect.high
        return [of.effect.estimate, of.effect.low, of.effect.high, of.p_value]

    if sides.sum(axis=1).all():
        assert found(order) == pytest.approx(found([0, 1]))


def test_its_p_value_keeps_to_its_rate() -> None:
    chance = np.random.default_rng(3)
    weights: list[Floats] = [np.array([0.5, 0.2]), np.array([0.2, 0.1])]
    found = [overall([distinct(chance, 2, 2_000, 300), zipf(5)(chance, 2, 2_000, 300)], weights) for _ in range(400)]
    assert sum(each is not None and each.p_value <= 0.05 for each in found) <= 32
