"""Reservoirs merge in any order, hold no row twice, and hold what the whole would."""

from functools import reduce
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.multivariate.reservoir import Reservoir

SIZE = 8
IDS = st.lists(st.text("abcd", min_size=1, max_size=3), max_size=20, unique=True)


def filled(ids: list[str]) -> Reservoir:
    rows = pa.table({"id": pa.array(ids, pa.string()), "length": pa.array(map(len, ids), pa.int64())})
    return Reservoir.of(rows, ids, size=SIZE)


def held(of: Reservoir) -> list[str]:
    return [str(each) for each in of.rows["id"].to_pylist()]


@given(parts=st.lists(IDS, min_size=1, max_size=5), order=st.randoms(use_true_random=False))
def test_the_order_of_merging_changes_nothing(parts: list[list[str]], order: Any) -> None:
    of = [filled(ids) for ids in parts]
    merged, other = (reduce(Reservoir.merged, each) for each in (of, order.sample(of, len(of))))
    assert held(merged) == held(other)
    assert merged.rows.equals(other.rows)


@given(ids=IDS, cut=st.integers(0, 20))
def test_a_whole_s_reservoir_is_that_of_its_parts(ids: list[str], cut: int) -> None:
    whole, parts = filled(ids), filled(ids[:cut]).merged(filled(ids[cut:]))
    assert held(parts) == held(whole)
    assert len(held(whole)) == min(len(ids), SIZE)


@given(ids=IDS)
def test_a_row_that_comes_again_is_held_once(ids: list[str]) -> None:
    assert held(filled(ids).merged(filled(ids))) == held(filled(ids)) == held(filled([*ids, *ids]))


@given(ids=IDS)
def test_rows_keep_together(ids: list[str]) -> None:
    assert all(len(row["id"]) == row["length"] for row in filled(ids).rows.to_pylist())
