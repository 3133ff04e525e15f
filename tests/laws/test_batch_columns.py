"""A table's columns are judged at a stroke just as a caller's values are one by one."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.batches.coercing import Coerced, coerce, journalled
from watchkeeper.batches.columns import rows_of
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.serving.coercing import Coercer
from watchkeeper.serving.deployment import TypePolicy
from watchkeeper.tables.column import Kind
from watchkeeper.tables.violation import OF_TYPE

INPUTS = (
    Input("number", Kind.NUMERIC, low=-2.5, high=7.0),
    Input("level", Kind.CATEGORICAL, levels=("a", "b")),
    Input("whole", Kind.INTEGER, low=0.0, high=9.0),
    Input("gap", Kind.NUMERIC, low=0.0, high=1.0, nullable=True),
    Input("truth", Kind.BOOLEAN),
    Input("born", Kind.TIMESTAMP, nullable=True),
)
SIGNATURE = Signature(task="regression", target="y", time="at", time_zone="UTC", labels=None, inputs=INPUTS)
NOW = 1_600_000_000_000_000
MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))
COLUMNS: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.float64(): st.floats(-4, 10) | st.sampled_from([float("inf"), 3.0, 1e200, -1e308]),
    pa.int64(): st.integers(-3, 12) | st.sampled_from([2**62]),
    pa.bool_(): st.booleans(),
    pa.timestamp("us", "UTC"): MOMENTS | st.just(datetime(1800, 1, 1, tzinfo=UTC)),
    pa.string(): st.sampled_from(["a", "b", "c", "", "NA", "3", "-1", "yes", "2020-01-01", "x\x00"]),
}

TYPES = list(COLUMNS)


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Mostly of the types that the inputs have, with other types, nulls and columns that are not there."""
    count = draw(st.integers(1, 6))
    natural: list[pa.DataType] = [
        *(pa.float64(), pa.string(), pa.int64(), pa.float64(), pa.bool_()),
        *[pa.timestamp("us", "UTC")] * 2,
    ]
    columns: dict[str, pa.Array[Any]] = {}
    for name, usual in zip([*(each.name for each in INPUTS), "at"], natural, strict=True):
        kind = draw(st.sampled_from([*[usual] * 4, *TYPES]))
        if draw(st.integers(0, 9)):
            values = draw(st.lists(st.none() | COLUMNS[kind], min_size=count, max_size=count))
            columns[name] = pa.array(values, kind)
    columns["other"] = pa.array(["x"] * count)
    return pa.table(columns)


def sent(table: pa.Table) -> dict[str, list[Any]]:
    return {
        name: [each.isoformat() if isinstance(each, datetime) else each for each in table[name].to_pylist()]
        for name in table.column_names
    }


@settings(max_examples=200)
@given(tables())
def test_both_ways_agree(table: pa.Table) -> None:
    count = table.num_rows
    found = coerce(table, SIGNATURE, TypePolicy.BEST_EFFORT, now=NOW)
    one_by_one = Coercer(SIGNATURE, TypePolicy.BEST_EFFORT, passed_over=["other"]).columns(sent(table), count)
    everything = np.arange(count)
    assert {name: values.journalled(everything) for name, values in found.columns.items()} == one_by_one.columns
    at = [NOW if each is None else each for each in one_by_one.at or []]
    assert found.at.tolist() == at
    assert sorted(journalled(found.faults, everything, slice(None))) == sorted(one_by_one.violations)
    asked, careful = rows_of(found.columns, found.at), Encoder(SIGNATURE).journal(one_by_one.columns, at)
    np.testing.assert_array_equal(asked.values, careful.values)
    np.testing.assert_array_equal(asked.at, careful.at)


@given(tables())
def test_a_strict_policy_refuses_the_rows_that_a_call_would_be_refused_for(table: pa.Table) -> None:
    found = coerce(table, SIGNATURE, TypePolicy.STRICT, now=NOW)
    careful = Coercer(SIGNATURE, TypePolicy.BEST_EFFORT, passed_over=["other"]).columns(sent(table), table.num_rows)
    wrong = {row for row, _, violation, _ in careful.violations if violation in OF_TYPE}
    assert set(found.kept.tolist()) == set(range(table.num_rows)) - wrong
    assert _answered_violations(found) == sorted(each for each in careful.violations if each[0] not in wrong)


def _answered_violations(found: Coerced) -> list[tuple[int, str, str, str]]:
    """By the rows of the table, not of what is left of it."""
    places = found.kept.tolist()
    return sorted((places[row], *rest) for row, *rest in journalled(found.faults, found.kept, slice(None)))
