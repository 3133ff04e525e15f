"""Which rows of the journal are meant: conditions on its columns, in a small language of their own.

A condition is `[column, operator, value]`; all of them have to hold. A value that is missing meets none but `= null`.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.monitoring.collecting.filing import INPUT
from watchkeeper.monitoring.errors import NoColumn, NoOperator, ValueUnfit, WhereRefused
from watchkeeper.tables.column import Kind

COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPERATORS = (*COMPARE, "in")
MOST, MOST_VALUES = 50, 10_000
HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Condition:
    """`value` is None, a plain value or a moment; with `in`, a tuple of these."""

    column: str
    operator: str
    value: Any


def read_conditions(given: Any, *, columns: Mapping[str, Kind]) -> tuple[Condition, ...]:
    """Raise WhereRefused, or what is below it, naming the column. An input goes by its own name too."""
    if not isinstance(given, list) or len(given) > MOST:
        raise WhereRefused(f"`where` has to be a list of up to {MOST} [column, operator, value].", fields=("where",))
    return tuple(_condition(each, columns) for each in given)


def expression(conditions: Sequence[Condition], schema: pa.Schema) -> pc.Expression:
    """The conditions as a file of this schema understands them."""
    parts = [_expression(each, schema) for each in conditions]
    return reduce(lambda one, other: one & other, parts, pc.scalar(True))


def _condition(given: Any, columns: Mapping[str, Kind]) -> Condition:
    if not isinstance(given, list) or len(given) != 3 or not all(isinstance(each, str) for each in given[:2]):
        raise WhereRefused(f"A condition is [column, operator, value], not {str(given)[:200]}.", fields=("where",))
    name, sign, value = given
    column = name if name in columns else INPUT + name
    if column not in columns:
        raise NoColumn(f"The journal has no column '{name[:200]}'. It has: {', '.join(columns)}.", fields=(name[:200],))
    if sign not in OPERATORS:
        raise NoOperator(f"'{sign[:20]}' is no operator; use one of {' '.join(OPERATORS)}.", fields=(name,))
    kind = columns[column]
    if sign == "in":
        if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
            raise ValueUnfit(f"`in` takes a list of 1 to {MOST_VALUES:,} values.", fields=(name,))
        return Condition(column, sign, tuple(_value(each, column, kind) for each in value))
    if value is None and sign not in {"=", "!="}:
        raise ValueUnfit("A missing value can be asked for with = or != only.", fields=(name,))
    return Condition(column, sign, None if value is None else _value(value, column, kind))


def _value(value: Any, column: str, kind: Kind) -> Any:
    """Of the column's kind. A text stands for an input that is hashed."""
    if column.startswith(INPUT) and isinstance(value, str) and HASH.fullmatch(value):
        return value
    fit = {
        Kind.NUMERIC: _number,
        Kind.INTEGER: _whole if column == "release" else _number,
        Kind.BOOLEAN: _truth,
        Kind.TIMESTAMP: _moment,
    }.get(kind, _text)(value)
    if fit is None:
        raise ValueUnfit(f"{column} is {kind}; {str(value)[:200]!r} is not.", fields=(column,))
    return fit


def _number(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
    return float(value) if number and math.isfinite(value) else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31 else None


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _moment(value: Any) -> datetime | None:
    """Without a zone it is one of UTC."""
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and "\x00" not in value else None


def _expression(condition: Condition, schema: pa.Schema) -> pc.Expression:
    there = condition.column in schema.names
    if condition.value is None:
        asked = condition.operator == "="
        return _missing(pc.field(condition.column), asked) if there else pc.scalar(asked)
    if not there:
        return pc.scalar(False)
    field, kind = pc.field(condition.column), schema.field(condition.column).type
    values = condition.value if condition.operator == "in" else (condition.value,)
    fitting = [each for each in (_fitting(value, kind) for value in values) if each is not None]
    if not fitting:  # a file that has the column in another form, as one from before it was hashed
        return _missing(field, False) if condition.operator == "!=" else pc.scalar(False)
    return _compared(field, condition.operator, fitting, kind)


def _missing(field: pc.Expression, asked: bool) -> pc.Expression:
    return field.is_null() if asked else ~field.is_null()


def _compared(field: pc.Expression, sign: str, values: Sequence[Any], kind: pa.DataType) -> pc.Expression:
    if sign == "in":
        return field.isin(pa.array(values, kind))
    found: pc.Expression = COMPARE[sign](field, pa.scalar(values[0], kind))
    return found


def _fitting(value: Any, kind: pa.DataType) -> Any:
    """The value as the file's column has it, where it can; else None."""
    if pa.types.is_timestamp(kind):
        return value if isinstance(value, datetime) else _moment(value)
    if pa.types.is_boolean(kind):
        return _truth(value)
    if pa.types.is_string(kind):
        return value if isinstance(value, str) else None
    try:
        if isinstance(value, str):
            return None if HASH.fullmatch(value) else float(value)
        return _number(value)
    except ValueError:
        return None
