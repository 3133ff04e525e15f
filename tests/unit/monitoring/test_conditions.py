"""Conditions on the journal's rows: what each means, and what is said of those that mean nothing."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from watchkeeper.monitoring.collecting.columns import EVERY
from watchkeeper.monitoring.errors import NoColumn, NoOperator, ValueUnfit, WhereRefused
from watchkeeper.monitoring.journal.conditions import expression, read_conditions
from watchkeeper.tables.column import Kind

COLUMNS = {**EVERY, "input.size": Kind.NUMERIC, "input.town": Kind.CATEGORICAL, "input.open": Kind.BOOLEAN}
TABLE = pa.table(
    {
        "id": pa.array(["a", "b", "c", "d"]),
        "at": pa.array([datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)], pa.timestamp("us", "UTC")),
        "release": pa.array([1, 1, 2, 2], pa.int32()),
        "input.size": pa.array([1.0, 2.0, None, 4.0]),
        "input.town": pa.array(["Lyon", None, "Nice", "Lyon"]),
    }
)


def ids(*given: Any, table: pa.Table = TABLE) -> str:
    wanted = expression(read_conditions(list(given), columns=COLUMNS), table.schema)
    return "".join(map(str, ds.dataset(table).to_table(filter=wanted)["id"].to_pylist()))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], "abcd"),
        ([["id", "=", "b"]], "b"),
        ([["size", ">", 1]], "bd"),
        ([["size", ">=", 1], ["town", "=", "Lyon"]], "ad"),
        ([["size", "<", 4], ["size", ">", 1]], "b"),
        ([["size", "<=", 2]], "ab"),
        ([["input.size", "!=", 2]], "ad"),
        ([["size", "=", None]], "c"),
        ([["town", "!=", None]], "acd"),
        ([["town", "in", ["Nice", "Metz"]]], "c"),
        ([["release", "=", 2]], "cd"),
        ([["at", ">", "2026-01-02T00:00:00Z"]], "cd"),
        ([["at", "<", "2026-01-02"]], "a"),
        ([["open", "=", True]], ""),
        ([["open", "=", None]], "abcd"),
        ([["open", "!=", None]], ""),
    ],
)
def test_all_conditions_have_to_hold_and_a_missing_value_meets_none_but_being_missing(
    given: list[Any], found: str
) -> None:
    assert ids(*given) == found


def test_a_file_from_before_a_column_was_hashed_has_no_row_of_that_hash() -> None:
    assert ids(["size", "=", "0" * 64]) == ""
    assert ids(["size", "!=", "0" * 64]) == "abd"
    hashed = TABLE.set_column(3, "input.size", pa.array(["1" * 64, "2" * 64, None, "1" * 64]))
    assert ids(["size", "=", "1" * 64], table=hashed) == "ad"
    assert ids(["size", ">", 0], table=hashed) == ""


@pytest.mark.parametrize(
    ("given", "kind", "place"),
    [
        ([["colour", "=", 1]], NoColumn, "colour"),
        ([["size", "like", "1"]], NoOperator, "size"),
        ([["size", "=", "big"]], ValueUnfit, "input.size"),
        ([["size", "=", True]], ValueUnfit, "input.size"),
        ([["size", "=", float("nan")]], ValueUnfit, "input.size"),
        ([["open", "=", 1]], ValueUnfit, "input.open"),
        ([["release", "=", 2.5]], ValueUnfit, "release"),
        ([["release", "=", 10**12]], ValueUnfit, "release"),
        ([["at", ">", "yesterday"]], ValueUnfit, "at"),
        ([["id", "=", 7]], ValueUnfit, "id"),
        ([["size", ">", None]], ValueUnfit, "size"),
        ([["size", "in", 3]], ValueUnfit, "size"),
        ([["size", "in", []]], ValueUnfit, "size"),
        ([["size", "in", [None]]], ValueUnfit, "input.size"),
        ([["size", ">"]], WhereRefused, "where"),
        (["size > 1"], WhereRefused, "where"),
        ([["id", "=", "a"]] * 51, WhereRefused, "where"),
    ],
)
def test_what_means_nothing_is_refused_by_name_and_place(given: list[Any], kind: type, place: str) -> None:
    with pytest.raises(WhereRefused) as refused:
        read_conditions(given, columns=COLUMNS)
    assert (type(refused.value), refused.value.fields) == (kind, (place,))


@pytest.mark.parametrize("given", [{"size": 1}, "size", 3, None])
def test_only_a_list_can_be_conditions(given: Any) -> None:
    with pytest.raises(WhereRefused):
        read_conditions(given, columns=COLUMNS)
