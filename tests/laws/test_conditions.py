"""A condition finds the rows that it means, whatever the rows are."""

import operator
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.journal.conditions import expression, read_conditions
from watchkeeper.tables.column import Kind

COLUMNS = {"id": Kind.TEXT, "input.size": Kind.NUMERIC, "input.town": Kind.CATEGORICAL}
MEANS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda one, several: one in several,
}
sizes, towns = st.integers(-3, 3).map(float), st.sampled_from(["", "Lyon", "Nîmes", "lyon", "'; DROP"])


@st.composite
def conditions(draw: st.DrawFn) -> list[Any]:
    column, values = draw(st.sampled_from([("input.size", sizes), ("town", towns)]))
    sign = draw(st.sampled_from([*MEANS, "missing"]))
    if sign == "missing":
        return [column, draw(st.sampled_from(["=", "!="])), None]
    return [column, sign, draw(st.lists(values, min_size=1, max_size=3) if sign == "in" else values)]


def meets(row: dict[str, Any], condition: list[Any]) -> bool:
    column, sign, wanted = condition
    value = row[column if column in row else f"input.{column}"]
    if wanted is None:
        return bool((value is None) == (sign == "="))
    return value is not None and bool(MEANS[sign](value, wanted))


@given(
    rows=st.lists(st.tuples(st.none() | sizes, st.none() | towns), max_size=12),
    wanted=st.lists(conditions(), max_size=3),
)
def test_conditions_find_the_rows_that_meet_all_of_them(
    rows: list[tuple[float | None, str | None]], wanted: list[list[Any]]
) -> None:
    told = [{"id": str(place), "input.size": size, "input.town": town} for place, (size, town) in enumerate(rows)]
    types: dict[str, pa.DataType] = {"id": pa.string(), "input.size": pa.float64(), "input.town": pa.string()}
    kinds = pa.schema(types)
    table = pa.Table.from_pylist(told, schema=kinds)
    found = ds.dataset(table).to_table(filter=expression(read_conditions(wanted, columns=COLUMNS), kinds))
    assert found["id"].to_pylist() == [row["id"] for row in told if all(meets(row, each) for each in wanted)]
