"""What holds for every schema that is inferred."""

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.integrity.checking import check
from watchkeeper.monitoring.integrity.inferring import infer
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

MOMENT = pa.timestamp("us", "UTC")
SORTS: dict[Kind, tuple[Any, "st.SearchStrategy[Any]"]] = {
    Kind.NUMERIC: (pa.float64(), st.floats(-1e300, 1e300) | st.sampled_from([float("nan"), float("inf")])),
    Kind.INTEGER: (pa.int64(), st.integers(-(2**53), 2**53)),
    Kind.CATEGORICAL: (pa.string(), st.sampled_from("abcdef") | st.text(max_size=3)),
    Kind.BOOLEAN: (pa.bool_(), st.booleans()),
    Kind.TIMESTAMP: (MOMENT, st.integers(0, 2**51)),
    Kind.TEXT: (pa.string(), st.text(max_size=9)),
}
every_kind = pytest.mark.parametrize("kind", SORTS)


def observed(kind: Kind, drawn: list[Any], *, order: Any = None) -> Observed:
    values = pa.array(drawn, SORTS[kind][0])
    return Observed.of(fit_bin_set(Column("x", kind), values), values if order is None else values.take(order))


@every_kind
@given(data=st.data())
def test_a_table_against_itself_breaks_nothing(kind: Kind, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.none() | SORTS[kind][1], max_size=60))
    seen = observed(kind, drawn)
    assert check(infer([seen]), {"x": seen}, rows=seen.rows, now=seen.newest) == []


@every_kind
@given(data=st.data())
def test_the_order_of_rows_does_not_matter(kind: Kind, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.none() | SORTS[kind][1], max_size=60))
    order = pa.array(data.draw(st.permutations(range(len(drawn)))), pa.int64())
    assert infer([observed(kind, drawn)]) == infer([observed(kind, drawn, order=order)])


@every_kind
@given(data=st.data())
def test_to_json_and_back_is_equal(kind: Kind, data: st.DataObject) -> None:
    schema = infer([observed(kind, data.draw(st.lists(st.none() | SORTS[kind][1], max_size=60)))])
    assert Schema.from_json(json.loads(json.dumps(schema.to_json()))) == schema


@every_kind
@given(data=st.data())
def test_no_rule_counts_more_rows_than_there_are(kind: Kind, data: st.DataObject) -> None:
    """And a share is that of the rows."""
    before, now = (data.draw(st.lists(st.none() | SORTS[kind][1], max_size=40)) for _ in range(2))
    reference = observed(kind, before)
    window = Observed.of(reference.bins, pa.array(now, SORTS[kind][0]))
    for found in check(infer([reference]), {"x": window}, rows=len(now)):
        assert 0 < found.rows <= len(now)
        assert found.share == found.rows / len(now)
