"""What a column of two tables means, so that both are counted in the same way."""

import math
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from watchkeeper.monitoring.two_tables.source import Unreadable, Values
from watchkeeper.tables.column import Kind
from watchkeeper.tables.kinds import FEW, REPEATED
from watchkeeper.tables.layouts.scale import Scale, scale_of

LONG = 64
"""Characters on average from which text is told by its length and not by its levels, unless these are few."""

IN_WORDS = {
    Kind.NUMERIC: "numbers",
    Kind.INTEGER: "numbers",
    Kind.BOOLEAN: "truth values",
    Kind.TIMESTAMP: "times",
    Kind.CATEGORICAL: "text",
    Kind.TEXT: "text",
}
MEASURED = frozenset({Kind.NUMERIC, Kind.INTEGER})
OF_SCALE = {Scale.SECONDS: "durations", Scale.CLOCK: "times of day"}


def agreed(before: Values, now: Values) -> tuple[Kind, Values, Values]:
    """The kind of both, and their values as it has them. A side that is missing throughout is of any kind.

    Raises:
        Unreadable: the two can't be compared; in words.
    """
    first, second = kind_of(before), kind_of(now)
    kind = first or second or _kind_of_type(before) or _kind_of_type(now) or Kind.NUMERIC
    other = second or kind
    words = [_in_words(each, found) for each, found in ((before, first), (now, second)) if found]
    if len({*words}) > 1:
        raise Unreadable(f"{words[0]} in the reference, {words[1]} in the current table")
    if kind is not other:
        kind = Kind.NUMERIC if kind in MEASURED else kind
    if any(types.is_date(each.type) for each in (before, now)):
        before, now = _by_day(before), _by_day(now)
    return kind, as_kept(before, kind), as_kept(now, kind)


def _by_day(values: Values) -> Values:
    """The days of moments, as a date's are; on the clock of UTC where they have a zone."""
    held: Any = values.type
    if not types.is_timestamp(held):
        return values
    return values.cast(pa.timestamp(held.unit)).cast(pa.date32(), safe=False)


def _in_words(values: Values, kind: Kind) -> str:
    held: Any = values.type.value_type if types.is_dictionary(values.type) else values.type
    return OF_SCALE.get(scale_of(held), IN_WORDS[kind])


def kind_of(values: Values) -> Kind | None:
    """None where nothing but missing values is there; raises Unreadable for nested values."""
    return None if _is_missing(values) else _kind_of_type(values)


def _is_missing(values: Values) -> bool:
    """Throughout. What is read without one value is of numbers that are none, as pandas has them."""
    if not len(values) or values.null_count == len(values):
        return len(values) > 0
    if not types.is_floating(values.type):
        return False
    first = values[0].as_py()
    if first is not None and not math.isnan(first):  # as of nearly all that hold a value
        return False
    return bool(pc.all(pc.call_function("is_nan", [values])).as_py())


def _kind_of_type(values: Values) -> Kind | None:
    held: Any = values.type.value_type if types.is_dictionary(values.type) else values.type
    if types.is_null(held):
        return None
    if types.is_integer(held):
        return Kind.INTEGER
    if types.is_floating(held) or types.is_decimal(held) or types.is_duration(held) or types.is_time(held):
        return Kind.NUMERIC
    if types.is_boolean(held):
        return Kind.BOOLEAN
    if types.is_timestamp(held) or types.is_date(held):
        return Kind.TIMESTAMP
    if types.is_string(held) or types.is_large_string(held) or types.is_string_view(held):
        return Kind.TEXT if _is_long(values) else Kind.CATEGORICAL
    raise Unreadable(f"{held} is no plain value a row")


def as_kept(values: Values, kind: Kind) -> Values:
    held: Any = values.type
    if types.is_null(held) or _is_missing(values):
        nothing: pa.Array[Any] = pa.nulls(len(values)).cast(_type(kind))
        return pa.chunked_array([nothing])
    if types.is_dictionary(held) and kind is not Kind.CATEGORICAL:
        return as_kept(values.cast(held.value_type), kind)
    if types.is_date(held):
        return values.cast(pa.timestamp("us"))
    if types.is_dictionary(held) and not types.is_string(held.value_type):
        return pa.chunked_array([_with_plain_words(chunk) for chunk in values.chunks], pa.string())
    return values.cast(pa.string()) if types.is_string_view(held) or types.is_large_string(held) else values


def _with_plain_words(chunk: Any) -> "pa.Array[Any]":
    """Arrow does not unpack a dictionary of any other kind of text."""
    found: pa.Array[Any] = chunk.dictionary.cast(pa.string()).take(chunk.indices)
    return found


def _type(kind: Kind) -> "pa.DataType":
    if kind in MEASURED:
        return pa.float64()
    if kind is Kind.BOOLEAN:
        return pa.bool_()
    return pa.timestamp("us") if kind is Kind.TIMESTAMP else pa.string()


def _is_long(values: Values) -> bool:
    """Told by the bytes first, which costs no look at the rows."""
    if types.is_dictionary(values.type) or not len(values):
        return False
    if types.is_string_view(values.type):
        values = values.cast(pa.large_string())
    if any(_mean(length, values) <= LONG for length in ("binary_length", "utf8_length")):
        return False
    return int(pc.count_distinct(values).as_py()) > min(FEW, len(values) / REPEATED)


def _mean(length: str, values: Values) -> float:
    return pc.mean(pc.call_function(length, [values])).as_py() or 0.0
