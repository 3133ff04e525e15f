"""Columns of a kept table made fit for a model's signature, a column at a stroke instead of value by value.

The verdicts are those of `serving.coercing`: a column in the type that its kind is kept in is judged by NumPy, any
other one value by value, by the same checks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from watchkeeper.learning.arrays import LARGEST, Ints, Numbers, Rows
from watchkeeper.learning.signature import Input
from watchkeeper.serving.coercing import (
    ABSENT,
    check_of,
    example,
    moments,
)
from watchkeeper.serving.moments import FIRST, LAST
from watchkeeper.tables.column import Kind
from watchkeeper.tables.violation import MISSING_VALUE, NOT_FINITE, OUT_OF_RANGE, WRONG_TYPE

Mask = NDArray[np.bool_]
KEPT_MOMENT = pa.timestamp("us", "UTC")
NUMBERS = frozenset({Kind.NUMERIC, Kind.INTEGER, Kind.BOOLEAN, Kind.TIMESTAMP})


@dataclass(frozen=True)
class Fault:
    """What is wrong with some values of a column, by their places in the chunk."""

    column: str
    violation: str
    places: Ints
    given: "pa.Array[Any] | None"

    def example(self, place: int) -> str:
        return example(ABSENT if self.given is None else _sent(self.given[place].as_py()))


@dataclass(frozen=True)
class Values:
    """A column that fits.

    Attributes:
        numbers: as `learning.arrays.Rows` has them.
        words, codes: the texts of a column of texts, and the place of each row's among them.
    """

    kind: Kind
    numbers: Numbers
    words: Sequence[str | None] = ()
    codes: Ints | None = None

    def journalled(self, places: Ints | slice) -> list[Any]:
        """In journal form: None for a missing value."""
        if self.codes is not None:
            found: list[Any] = np.array(self.words, dtype=object)[self.codes[places]].tolist()
            return found
        part = self.numbers[places]
        missing = np.isnan(part)
        if self.kind is Kind.BOOLEAN or self.kind is Kind.TIMESTAMP:
            part = np.where(missing, 0, part).astype(np.bool_ if self.kind is Kind.BOOLEAN else np.int64)
        if missing.any():
            part = part.astype(object)
            part[missing] = None
        listed: list[Any] = part.tolist()
        return listed


def rows_of(columns: Mapping[str, Values], at: Ints) -> Rows:
    """What models are asked. What lies beyond the largest number is missing, as it is to `Encoder.journal`."""
    values = np.stack([each.numbers for each in columns.values()]) if columns else np.empty((0, at.size))
    beyond = np.abs(values) > LARGEST
    if beyond.any():
        values[beyond] = np.nan
    return Rows(values, at)


def fitted(column: Input, given: "pa.Array[Any] | None", count: int) -> tuple[Values, list[Fault]]:
    """A column, None where the table has none, as the model's input."""
    if given is None:
        return _absent(column, count)
    kind, types = given.type, pa.types
    if column.kind in {Kind.NUMERIC, Kind.INTEGER} and (types.is_float64(kind) or types.is_int64(kind)):
        return _numbers(column, given)
    if column.kind is Kind.BOOLEAN and types.is_boolean(kind):
        return _truths(column, given)
    if column.kind is Kind.TIMESTAMP and kind == KEPT_MOMENT:
        numbers, faults = _moments(column.name, given, nullable=column.nullable)
        return Values(Kind.TIMESTAMP, numbers), faults
    if column.kind not in NUMBERS and types.is_string(kind):
        return _texts(column, given)
    return _one_by_one(column, given)


def event_times(name: str | None, given: "pa.Array[Any] | None", count: int, *, now: int) -> tuple[Ints, list[Fault]]:
    """Each row's event time; `now` where the table says none."""
    if name is None or given is None:
        return np.full(count, now, dtype=np.int64), []
    if given.type == KEPT_MOMENT:
        numbers, faults = _moments(name, given, nullable=False)
        return np.where(np.isnan(numbers), now, numbers).astype(np.int64), faults
    found: list[tuple[int, str, str, str]] = []
    at = moments([_sent(each) for each in given.to_pylist()], name, found)
    return np.array([now if each is None else each for each in at], dtype=np.int64), _gathered(name, found, given)


def _absent(column: Input, count: int) -> tuple[Values, list[Fault]]:
    _, violation = check_of(column)(ABSENT)
    nothing = np.full(count, np.nan)
    faults = [Fault(column.name, violation, np.arange(count), None)] if violation else []
    if column.kind in NUMBERS:
        return Values(column.kind, nothing), faults
    return Values(column.kind, nothing, [None], np.zeros(count, dtype=np.int64)), faults


def _numbers(column: Input, given: "pa.Array[Any]") -> tuple[Values, list[Fault]]:
    numbers: Numbers = given.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    missing, finite = _nulls(given), np.isfinite(numbers)
    wild = ~finite & ~missing
    uneven = finite & (numbers != np.floor(numbers)) if column.kind is Kind.INTEGER else np.zeros(1, dtype=np.bool_)
    outside = np.zeros(1, dtype=np.bool_)
    if column.low is not None:
        outside = outside | (numbers < column.low)
    if column.high is not None:
        outside = outside | (numbers > column.high)
    judged = {
        MISSING_VALUE: missing & (not column.nullable),
        NOT_FINITE: wild,
        WRONG_TYPE: uneven,
        OUT_OF_RANGE: outside & finite & ~uneven,
    }
    return Values(column.kind, np.where(wild, np.nan, numbers) if wild.any() else numbers), _faults(
        column.name, judged, given
    )


def _truths(column: Input, given: "pa.Array[Any]") -> tuple[Values, list[Fault]]:
    numbers: Numbers = given.cast(pa.uint8()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    judged = {MISSING_VALUE: _nulls(given) & (not column.nullable)}
    return Values(column.kind, numbers), _faults(column.name, judged, given)


def _moments(name: str, given: "pa.Array[Any]", *, nullable: bool) -> tuple[Numbers, list[Fault]]:
    numbers: Numbers = given.cast(pa.int64()).cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    outside = (numbers < FIRST) | (numbers > LAST)
    judged = {MISSING_VALUE: _nulls(given) & (not nullable), WRONG_TYPE: outside}
    return np.where(outside, np.nan, numbers), _faults(name, judged, given)


def _texts(column: Input, given: "pa.Array[Any]") -> tuple[Values, list[Fault]]:
    """Each text is judged once."""
    encoded = given.dictionary_encode()
    check = check_of(column)
    judged = [check(word) for word in (*encoded.dictionary.to_pylist(), None)]
    words = [word for word, _ in judged]
    codes: Ints = encoded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False).astype(np.int64)
    violations = np.array([violation or "" for _, violation in judged], dtype=object)[codes]
    masks = {each: violations == each for each in sorted({violation for _, violation in judged if violation})}
    return _of_words(column, words, codes), _faults(column.name, masks, given)


def _one_by_one(column: Input, given: "pa.Array[Any]") -> tuple[Values, list[Fault]]:
    check = check_of(column)
    judged = [check(_sent(each)) for each in given.to_pylist()]
    found = [(place, column.name, violation, "") for place, (_, violation) in enumerate(judged) if violation]
    faults = _gathered(column.name, found, given)
    values = [value for value, _ in judged]
    if column.kind in NUMBERS:
        return Values(column.kind, np.array(values, dtype=np.float64)), faults
    encoded = pa.array(values, pa.string()).dictionary_encode()
    words = [*encoded.dictionary.to_pylist(), None]
    codes = encoded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False).astype(np.int64)
    return _of_words(column, words, codes), faults


def _of_words(column: Input, words: Sequence[str | None], codes: Ints) -> Values:
    levels = {level: float(place) for place, level in enumerate(column.levels or ())}
    numbers = np.array([levels.get(word or "", np.nan) if word is not None else np.nan for word in words])
    return Values(column.kind, numbers[codes], words, codes)


def _nulls(given: "pa.Array[Any]") -> Mask:
    if not given.null_count:
        return np.zeros(len(given), dtype=np.bool_)
    found: Mask = given.is_null().to_numpy(zero_copy_only=False)
    return found


def _faults(name: str, judged: Mapping[str, Mask], given: "pa.Array[Any]") -> list[Fault]:
    return [Fault(name, each, np.flatnonzero(mask), given) for each, mask in judged.items() if mask.any()]


def _gathered(name: str, found: Sequence[tuple[int, str, str, str]], given: "pa.Array[Any]") -> list[Fault]:
    places: dict[str, list[int]] = {}
    for place, _, violation, _ in found:
        places.setdefault(violation, []).append(place)
    return [Fault(name, each, np.array(at, dtype=np.int64), given) for each, at in places.items()]


def _sent(value: Any) -> Any:
    """As it would arrive by HTTP."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
