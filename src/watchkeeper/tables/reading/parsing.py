"""Text as values of a kind. Each reader takes all the values or raises ArrowInvalid; spaces around a value are no part
of a number, a moment or a truth value."""

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.tables.column import Kind
from watchkeeper.tables.missing import MISSING
from watchkeeper.tables.reading.source import TYPES, Values

"""How a missing value is written, in any case."""

TRIED = 64
ZONE = r"[Tt ].*(Z|[+-]\d\d(:?\d\d)?)$"
FIRST, LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The years 1 to 9999 in microseconds since 1970: what a calendar can show."""


def without_blanks(text: Values) -> Values:
    """Null where a value is missing but for the spaces around it."""
    trimmed = pc.utf8_trim_whitespace(text)
    if trimmed.equals(text):
        return text
    blank = pc.is_in(pc.ascii_lower(trimmed), value_set=pa.array(MISSING))
    kept: Values = pc.if_else(blank, pa.scalar(None, pa.string()), text)
    return kept


def as_integers(text: Values) -> Values:
    return _number(text, TYPES[Kind.INTEGER])


def as_numbers(text: Values) -> Values:
    return without_nan(_number(text, TYPES[Kind.NUMERIC]))


def without_nan(numbers: Values) -> Values:
    """NaN is one more way to write a missing value."""
    odd = pc.is_nan(numbers)
    return pc.if_else(odd, pa.scalar(None, numbers.type), numbers) if pc.any(odd).as_py() else numbers


def as_truths(text: Values) -> Values:
    words = pc.ascii_lower(pc.utf8_trim_whitespace(text))
    true = pc.equal(words, pa.scalar("true"))
    if pc.all(pc.or_(true, pc.equal(words, pa.scalar("false")))).as_py() is False:
        raise pa.ArrowInvalid("neither true nor false")
    return true


def as_moments(text: Values) -> Values:
    """ISO 8601, a date alone included; what has no zone is UTC. Finer than a microsecond is cut off."""
    for read in (_local, _zoned, _mixed):
        try:
            return in_calendar(read(text))
        except pa.ArrowInvalid as error:
            failed = error
    raise failed


def in_calendar(moments: Values) -> Values:
    """Raise ArrowInvalid for moments outside the years 1 to 9999."""
    ends = pc.min_max(moments.cast(pa.int64()))
    low, high = ends["min"].as_py(), ends["max"].as_py()
    if low is not None and not FIRST <= low <= high <= LAST:
        raise pa.ArrowInvalid("a year outside 1 to 9999")
    return moments


READERS: Mapping[Kind, Callable[[Values], Values]] = {
    Kind.INTEGER: as_integers,
    Kind.NUMERIC: as_numbers,
    Kind.BOOLEAN: as_truths,
    Kind.TIMESTAMP: as_moments,
}


def read_as(kind: Kind, text: Values) -> Values:
    return READERS[kind](text) if kind in READERS else text


def _number(text: Values, to: pa.DataType) -> Values:
    try:
        return _cast(text, to)
    except pa.ArrowInvalid:
        trimmed = pc.utf8_trim_whitespace(text)
        return _cast(pc.replace_substring_regex(trimmed, r"^\+([0-9.])", r"\1"), to)


def _cast(text: Values, to: pa.DataType) -> Values:
    """The first values alone go first: a cast that fails makes an error of each value and takes a hundred times as
    long as one that succeeds."""
    text.slice(0, TRIED).cast(to)
    return text.cast(to)


def _local(text: Values) -> Values:
    return _cast(text, pa.timestamp("us")).cast(TYPES[Kind.TIMESTAMP])


def _zoned(text: Values) -> Values:
    return _cast(text, TYPES[Kind.TIMESTAMP])


def _mixed(text: Values) -> Values:
    tidy = pc.replace_substring_regex(pc.utf8_trim_whitespace(text), r"(\.\d{6})\d+", r"\1")
    zoned = pc.match_substring_regex(tidy, ZONE)
    nothing = pa.scalar(None, pa.string())
    with_zone = _zoned(pc.if_else(zoned, tidy, nothing))
    return pc.coalesce(with_zone, _local(pc.if_else(zoned, nothing, tidy)))
