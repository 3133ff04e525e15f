"""What holds for faults whatever the table."""

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.recognising import recognise
from watchkeeper.monitoring.two_tables.pairing import paired
from watchkeeper.monitoring.two_tables.source import Held

HOUR = 3_600_000_000
NUMBERS = st.none() | st.integers(-3, 3) | st.floats(-1e6, 1e6)
ROWS = st.lists(
    st.tuples(NUMBERS, NUMBERS, st.none() | st.sampled_from("abcde"), st.none() | st.booleans()),
    max_size=80,
)


def table(rows: list[Any]) -> pa.Table:
    types = (pa.float64(), pa.float64(), pa.string(), pa.bool_())
    columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(types)]
    when = pa.array([HOUR * place for place in range(len(rows))], pa.timestamp("us", "UTC"))
    return pa.table({"x": columns[0], "y": columns[1], "level": columns[2], "truth": columns[3], "when": when})


def found(before: pa.Table, now: pa.Table, at: str | None = None) -> tuple[Fault, ...]:
    return recognise(paired(Held(before), Held(now), at=at))


@given(rows=ROWS)
def test_a_table_against_itself_has_no_fault(rows: list[Any]) -> None:
    for at in ("when", None):
        assert found(table(rows), table(rows), at) == ()


@settings(max_examples=50)
@given(data=st.data(), before=ROWS, now=ROWS)
def test_the_order_of_rows_does_not_matter(data: st.DataObject, before: list[Any], now: list[Any]) -> None:
    order = pa.array(data.draw(st.permutations(range(len(now)))), pa.int64())
    for at in ("when", None):
        assert found(table(before), table(now), at) == found(table(before), table(now).take(order), at)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), apart=st.floats(2, 10))
def test_a_swapped_pair_is_symmetric(seed: int, apart: float) -> None:
    chance = np.random.default_rng(seed)
    one, other = (pa.array(chance.normal(by, 1, 200)) for by in (0, apart))
    before = pa.table({"x": one, "y": other})
    first = found(before, pa.table({"x": other, "y": one}))
    second = found(pa.table({"y": other, "x": one}), pa.table({"y": one, "x": other}))
    assert first == second
    assert [(each.name, each.columns) for each in first] == [("swapped columns", ("x", "y"))]
    renamed = found(before.rename_columns(["y", "x"]), pa.table({"y": other, "x": one}))
    assert [each.columns for each in renamed] == [("x", "y")]


@settings(max_examples=50)
@given(before=ROWS, now=ROWS)
def test_no_column_is_in_two_faults(before: list[Any], now: list[Any]) -> None:
    faults = found(table(before), table(now), "when")
    names = [name for each in faults for name in each.columns]
    assert len(names) == len(set(names))
    assert all(0 <= each.p_value <= 1 and 0 <= each.remaining <= 1 for each in faults)
