"""What holds for all causes: parts sum to the whole, no order counts, and where nothing has drifted there is none."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.causes.cause import Evidence, Nature, Suspect
from watchkeeper.monitoring.causes.parts import contributions, parts
from watchkeeper.monitoring.causes.ranking import causes
from watchkeeper.monitoring.causes.segmenting import concentrated
from watchkeeper.monitoring.causes.swapping import Moved, attribute
from watchkeeper.monitoring.drift.verdict import Effect

ROWS = st.integers(0, 3) | st.integers(0, 100_000)
SIDES = st.lists(st.tuples(ROWS, ROWS), min_size=1, max_size=10)
NUMBERS = st.floats(0, 10, allow_subnormal=False)
SUSPECTS = st.lists(
    st.builds(
        Suspect,
        column=st.text(min_size=1, max_size=3),
        drifted=st.booleans(),
        effect=NUMBERS.map(lambda size: Effect(size, size, size)),
        importance=st.none() | st.floats(0, 1, allow_subnormal=False),
        moved=st.none() | st.builds(Moved, alone=NUMBERS, error=NUMBERS, distance=NUMBERS, part=NUMBERS),
        evidence=st.none() | st.builds(Evidence, nature=st.sampled_from(Nature), sentence=st.text(max_size=9)),
    ),
    max_size=6,
    unique_by=lambda each: each.column,
)


def names(of: list[tuple[int, int]]) -> list[str]:
    return [f"level {place}" for place in range(len(of))]


@given(sides=SIDES)
def test_the_parts_sum_to_the_whole(sides: list[tuple[int, int]]) -> None:
    reference, window = np.array(sides).T
    adds, found = contributions(reference, window), parts(reference, window, names(sides))
    assert adds.min() >= 0.0
    assert sum(each.adds for each in found) == pytest.approx(adds.sum())
    assert not found or sum(each.weight for each in found) == pytest.approx(1.0)


@given(sides=SIDES)
def test_ranges_sum_to_the_same_as_groups(sides: list[tuple[int, int]]) -> None:
    reference, window = np.array([*sides, (3, 5)]).T
    edges = list(map(float, range(len(sides) + 1)))
    found = parts(reference, window, [*names(sides), "missing"], edges=edges)
    assert sum(each.adds for each in found) == pytest.approx(contributions(reference, window).sum())


@given(rows=st.lists(ROWS, min_size=1, max_size=10), times=st.sampled_from([1, 2, 4, 64]))
def test_equal_shares_have_no_parts_worth_naming(rows: list[int], times: int) -> None:
    reference, window = np.array(rows), np.array(rows) * times
    assert sum(each.adds for each in parts(reference, window, names([(0, 0)] * len(rows)))) <= 1e-12
    assert concentrated(np.array([rows, rows]), np.array([window, window]), ["a", "b"]) is None


@given(sides=SIDES, order=st.randoms(use_true_random=False))
def test_the_order_of_levels_changes_nothing(sides: list[tuple[int, int]], order: Any) -> None:
    labels, counts = names(sides), np.array(sides).T
    places = order.sample(range(len(sides)), len(sides))
    found = parts(counts[0], counts[1], labels)
    other = parts(counts[0][places], counts[1][places], [labels[place] for place in places])
    assert {each.label: each.adds for each in found} == pytest.approx({each.label: each.adds for each in other})


@given(suspects=SUSPECTS, order=st.randoms(use_true_random=False))
def test_the_order_in_which_columns_come_changes_nothing(suspects: list[Suspect], order: Any) -> None:
    assert causes(order.sample(suspects, len(suspects))) == causes(suspects)


@given(suspects=SUSPECTS)
def test_each_drifted_column_is_a_cause_and_no_other(suspects: list[Suspect]) -> None:
    found = causes(suspects)
    assert {each.suspect.column for each in found} == {each.column for each in suspects if each.drifted}
    assert not found or sum(each.weight for each in found) == pytest.approx(1.0)
    assert causes([replace(each, drifted=False) for each in suspects]) == []


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 30), columns=st.integers(1, 5))
def test_what_the_columns_move_sums_to_the_whole_in_any_order(seed: int, rows: int, columns: int) -> None:
    chance = np.random.default_rng(seed)
    now, before = ({str(name): chance.normal(size=rows) for name in range(columns)} for _ in range(2))
    weights = chance.normal(size=(columns, columns))

    def predict(table: Any) -> Any:
        values = np.stack([table[str(name)] for name in range(columns)])
        return np.tanh((values * (weights @ values)).sum(axis=0))

    found = attribute(now, before, predict, seed=seed)
    assert sum(each.part for each in found.columns.values()) == pytest.approx(found.whole)
    assert found.whole == pytest.approx(predict(now).mean() - predict(before).mean())
    assert attribute(dict(reversed(now.items())), dict(reversed(before.items())), predict, seed=seed) == found


@given(seed=st.integers(0, 10**6), rows=st.integers(2, 30))
def test_a_column_that_the_model_does_not_read_moves_nothing(seed: int, rows: int) -> None:
    chance = np.random.default_rng(seed)
    now, before = ({name: chance.normal(size=rows) for name in "ab"} for _ in range(2))
    found = attribute(now, before, lambda table: table["a"] ** 2).columns["b"]
    assert (found.alone, found.error, found.distance, found.part) == (0.0, 0.0, 0.0, 0.0)
