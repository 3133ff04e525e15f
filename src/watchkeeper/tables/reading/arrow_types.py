"""Arrow types as kinds, and their values in the types that are kept."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from watchkeeper.tables.column import Kind
from watchkeeper.tables.errors import UnsupportedColumn
from watchkeeper.tables.reading.parsing import in_calendar, read_as, without_nan
from watchkeeper.tables.reading.source import TYPES, Values

WIDEST_EXACT = 18
"""Digits of a decimal without places that int64 holds in any case."""


def kind_of(field: "pa.Field[Any]") -> Kind | None:
    """None where only the values tell: whole numbers that may be too large for int64. Raise UnsupportedColumn."""
    kept = field.type.value_type if types.is_dictionary(field.type) else field.type
    if types.is_decimal(kept) and kept.scale <= 0:
        return Kind.INTEGER if kept.precision - kept.scale <= WIDEST_EXACT else None
    if types.is_uint64(kept):
        return None
    for kind, is_one in _KINDS:
        if is_one(kept):
            return kind
    raise UnsupportedColumn(
        f"'{field.name}' is of the type {field.type}, which is no plain value. Leave it out, or write it as numbers, "
        "text, truth values or timestamps.",
        fields=(field.name,),
    )


def plain(column: Values, kind: Kind) -> Values:
    """The values in the type that is kept. Raise ArrowInvalid for one that does not fit."""
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    match kind:
        case Kind.NUMERIC:
            return without_nan(_as_float(column))
        case Kind.TIMESTAMP:
            return _as_moment(column)
        case Kind.INTEGER if types.is_decimal(column.type):
            return read_as(kind, column.cast(pa.string()))
    return column.cast(TYPES[kind])


def _as_float(column: Values) -> Values:
    if types.is_float16(column.type):
        column = column.cast(pa.float32())
    return column.cast(pa.float64(), safe=False)


def _as_moment(column: Values) -> Values:
    """Without a zone it is UTC; what is finer than a microsecond is cut off."""
    if not types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("ms"))
    microseconds = pc.CastOptions(pa.timestamp("us", column.type.tz), allow_time_truncate=True)
    return in_calendar(pc.call_function("cast", [column], microseconds).cast(TYPES[Kind.TIMESTAMP]))


_KINDS = (
    (Kind.BOOLEAN, types.is_boolean),
    (Kind.INTEGER, types.is_integer),
    (Kind.NUMERIC, lambda kept: types.is_floating(kept) or types.is_decimal(kept) or types.is_null(kept)),
    (Kind.TIMESTAMP, lambda kept: types.is_timestamp(kept) or types.is_date(kept)),
    (Kind.TEXT, lambda kept: types.is_string(kept) or types.is_large_string(kept) or types.is_string_view(kept)),
    (Kind.TEXT, types.is_time),
)
