"""Whether rows of the window can be told from the reference's, by all columns together."""

import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.multivariate.boosting import boosted
from watchkeeper.monitoring.multivariate.coding import Coded
from watchkeeper.monitoring.multivariate.errors import NothingToTell, ReservoirsDiffer
from watchkeeper.monitoring.multivariate.reservoir import Reservoir
from watchkeeper.monitoring.multivariate.telling import Scores, tell_apart


def rows(seed: int, count: int, *, together: float = 0.0, level: float = 0.3) -> pa.Table:
    """Two numbers that may go together, one that does not, a level and a truth value, some of them missing."""
    chance = np.random.default_rng(seed)
    a, b, c = chance.normal(size=(3, count))
    missing = chance.random(count) < 0.05
    return pa.table(
        {
            "a": pa.array(a, mask=missing),
            "b": together * a + np.sqrt(1 - together**2) * b,
            "c": c,
            "level": np.where(chance.random(count) < level, "north", "south"),
            "flag": chance.random(count) < 0.5,
        }
    )


def by_first_column(values: Floats, window: Flags, levels: Flags) -> Scores:
    """A classifier that learns nothing."""
    del values, window, levels
    return lambda asked: asked[:, 0]


def test_sides_alike_are_not_told_apart() -> None:
    found = [tell_apart(rows(seed, 300), rows(seed + 100, 300), learn=boosted).p_value for seed in range(20)]
    assert sum(each <= 0.05 for each in found) <= 4


def test_columns_that_go_together_otherwise_are_told_apart_though_none_has_moved() -> None:
    found = tell_apart(rows(1, 1_500), rows(2, 1_500, together=0.8), learn=boosted)
    assert found.p_value < 1e-6
    assert 0.5 < found.low < found.auc < found.high < 1.0
    assert {each.column for each in found.columns} == {"a", "b"}


def test_a_level_that_is_more_frequent_is_named() -> None:
    found = tell_apart(rows(3, 1_500), rows(4, 1_500, level=0.6), learn=boosted)
    assert [each.column for each in found.columns] == ["level"]


def test_equal_rows_and_seeds_give_equal_answers() -> None:
    sides = rows(5, 200), rows(6, 200)
    assert tell_apart(*sides, learn=boosted) == tell_apart(*sides, learn=boosted)


def test_more_rows_than_needed_are_drawn_from() -> None:
    found = tell_apart(rows(7, 6_000), rows(8, 100), learn=by_first_column)
    assert found.rows == (5_000, 100)


def test_days_that_are_alike_are_not_taken_for_drift_where_they_are_given_as_blocks() -> None:
    """Fifty rows a day, and each day has a level of its own, by which its rows are known again."""
    days, p_values = np.repeat(np.arange(12), 50), []
    for seed in range(12):
        chance = np.random.default_rng(seed)
        sides = [pa.table({"a": np.repeat(chance.normal(size=12), 50) + chance.normal(size=600) * 0.2}) for _ in "12"]
        by_row = tell_apart(*sides, learn=boosted).p_value
        p_values.append((by_row, tell_apart(*sides, learn=boosted, blocks=(days, days)).p_value))
    as_rows, as_days = (np.array(p_values) <= 0.01).sum(axis=0)
    assert as_rows >= 10
    assert as_days <= 1


def test_too_little_is_refused_with_what_would_be_enough() -> None:
    with pytest.raises(NothingToTell, match=r"49 rows .* needs 50"):
        tell_apart(rows(1, 49), rows(2, 100), learn=by_first_column)
    days = np.repeat(np.arange(5), 20)
    with pytest.raises(NothingToTell, match=r"5 blocks .* needs 8"):
        tell_apart(rows(1, 100), rows(2, 100), learn=by_first_column, blocks=(days, days))
    with pytest.raises(NothingToTell, match="in common"):
        tell_apart(pa.table({"a": range(60)}), pa.table({"b": range(60)}), learn=by_first_column)


def test_levels_are_coded_alike_on_both_sides_and_other_kinds_left_out() -> None:
    reference = pa.table(
        {"at": pa.array([1, None], pa.timestamp("s")), "x": ["a", None], "bad": [[1], [2]], "y": [1, 2]}
    )
    window = pa.table({"x": ["b", "a"], "at": pa.array([2, 3], pa.timestamp("ms")), "bad": [[1], [2]], "y": ["1", "2"]})
    found = Coded.of(reference, window)
    assert found.names == ("at", "x")
    assert found.levels.tolist() == [False, True]
    assert found.window.tolist() == [False, False, True, True]
    assert found.values[:, 1].tolist() == pytest.approx([0.0, np.nan, 1.0, 0.0], nan_ok=True)
    assert found.values[:, 0].tolist() == pytest.approx([1e6, np.nan, 2e3, 3e3], nan_ok=True)


def test_reservoirs_of_different_sizes_do_not_merge() -> None:
    empty = pa.table({"a": pa.array([], pa.float64())})
    with pytest.raises(ReservoirsDiffer, match="3 rows and one of 4"):
        Reservoir.of(empty, [], size=3).merged(Reservoir.of(empty, [], size=4))


def test_a_column_that_came_later_is_missing_in_rows_before() -> None:
    older = Reservoir.of(pa.table({"a": [1.0]}), ["1"], size=9)
    newer = Reservoir.of(pa.table({"b": ["x"], "a": [2.0]}), ["2"], size=9)
    found = older.merged(newer).rows.sort_by("a").to_pydict()
    assert found == {"a": [1.0, 2.0], "b": [None, "x"]}


def test_what_is_kept_is_as_good_as_drawn_by_chance() -> None:
    ids = [f"2026-{place}" for place in range(20_000)]
    kept = Reservoir.of(pa.table({"place": range(20_000)}), ids, size=2_000).rows["place"].to_numpy()
    assert abs(kept.mean() - 10_000) < 4 * 20_000 / np.sqrt(12 * 2_000)
    counts = np.bincount(kept // 2_000, minlength=10)
    assert ((counts - 200) ** 2 / 200).sum() < 28
