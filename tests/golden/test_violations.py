"""What is expected of a table of twenty rows, and what breaks it, counted by hand."""

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from watchkeeper.monitoring.integrity.checking import Violated, check
from watchkeeper.monitoring.integrity.errors import ExpectationRefused, NoExpectation
from watchkeeper.monitoring.integrity.inferring import infer
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

HOUR = 3_600
MORNING = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
KINDS = {
    "age": Kind.INTEGER,
    "weight": Kind.NUMERIC,
    "sort": Kind.CATEGORICAL,
    "order": Kind.INTEGER,
    "when": Kind.TIMESTAMP,
}


def moments(hours: list[int]) -> "pa.Array[Any]":
    return pa.array([(MORNING + HOUR * hour) * 1_000_000 for hour in hours], pa.timestamp("us", "UTC"))


REFERENCE: dict[str, "pa.Array[Any]"] = {
    "age": pa.array([18, *[30] * 18, 65]),
    "weight": pa.array([None, 50.0, *[70.5] * 17, 99.5]),
    "sort": pa.array(["a"] * 10 + ["b"] * 9 + ["c"]),
    "order": pa.array(list(range(20))),
    "when": moments([0, 2, *range(3, 21)]),
}
WINDOW: dict[str, "pa.Array[Any]"] = {
    "age": pa.array([17, 18, 66, 90]),
    "weight": pa.array([None, None, None, 70.5]),
    "sort": pa.array(["a", "d", "d", "e"]),
    "order": pa.array([100, 100, 101, 100]),
    "when": moments([20, 21, 22, 23]),
}


def observed(columns: "dict[str, pa.Array[Any]]") -> dict[str, Observed]:
    bins = {name: fit_bin_set(Column(name, kind), REFERENCE[name]) for name, kind in KINDS.items()}
    return {name: Observed.of(bins[name], values) for name, values in columns.items()}


def inferred() -> Schema:
    return infer(observed(REFERENCE).values())


def checked(schema: Schema, *, but: str = "", now: float | None = None, mistyped: tuple[str, ...] = ()) -> Any:
    window = {name: seen for name, seen in observed(WINDOW).items() if name not in {but, *mistyped}}
    return check(schema, window, rows=4, now=now, mistyped=mistyped)


def test_the_schema_is_what_the_reference_keeps_to() -> None:
    schema = inferred()
    assert (schema.of("age").lowest, schema.of("age").highest) == (18.0, 65.0)
    assert schema.of("sort").levels == ("a", "b", "c")
    assert [column.name for column in schema.columns if column.unique] == ["order"]
    assert schema.of("when").stalest == 3 * 2 * HOUR
    assert schema.of("age").most_missing == 0.0
    # One of twenty: the share of which twenty rows have at most one with 5 %, as tables of Clopper and Pearson say.
    assert schema.of("weight").most_missing == pytest.approx(0.2161, abs=1e-4)


def test_violations_are_counted_by_rule() -> None:
    assert checked(inferred(), now=MORNING + 29 * HOUR) == [
        Violated("age", "out-of-range", 3, 0.75),
        Violated("sort", "new-level", 3, 0.75),
        Violated("order", "out-of-range", 4, 1.0),
        Violated("order", "repeated-value", 2, 0.5),
    ]
    # Three of four missing, where .2161 may be: P(X >= 3) = .0342, which chance does often enough.
    assert [each.violation for each in checked(inferred(), now=MORNING + 29.5 * HOUR) if each.column == "when"] == [
        "stale"
    ]


def test_missing_values_beyond_chance_are_a_violation() -> None:
    schema = inferred().changed("weight", most_missing=0.05)  # P(X >= 3) = .00048
    assert Violated("weight", "missing-value", 3, 0.75) in checked(schema)


def test_a_column_that_is_gone_or_of_another_kind() -> None:
    assert checked(inferred(), but="age")[0] == Violated("age", "missing-column", 4, 1.0)
    assert checked(inferred().changed("age", required=False), but="age")[0].column == "sort"
    assert checked(inferred(), mistyped=("age",))[0] == Violated("age", "wrong-type", 4, 1.0)


def test_a_column_that_the_schema_does_not_know() -> None:
    schema = inferred()
    assert checked(Schema(schema.columns[1:]))[-1] == Violated("age", "extra-column", 4, 1.0)


def test_an_edited_rule_is_another_number_and_counts_otherwise() -> None:
    schema = inferred().changed("sort", levels=("a",)).changed("age", lowest=20.0, highest=None)
    assert schema.number == 3
    found = {(each.column, each.violation): each.rows for each in checked(schema)}
    assert found["sort", "new-level"] == 3
    assert found["age", "out-of-range"] == 2
    wider = inferred().changed("sort", levels=("a", "b", "c", "d"))
    assert ("sort", "new-level") not in {(each.column, each.violation) for each in checked(wider)}


def test_a_rule_that_nothing_keeps_to_is_refused() -> None:
    with pytest.raises(NoExpectation, match="no column 'agee'"):
        inferred().changed("agee", required=False)
    for changes in ({"lowest": 70.0}, {"most_missing": 1.5}, {"stalest": 0.0}):
        with pytest.raises(ExpectationRefused, match="give"):
            inferred().changed("age", **changes)


def test_a_schema_is_kept_as_json() -> None:
    schema = inferred().changed("age", highest=None)
    assert Schema.from_json(json.loads(json.dumps(schema.to_json()))) == schema
