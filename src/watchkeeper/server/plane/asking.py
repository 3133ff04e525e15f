"""From a request's JSON to rows that fit a signature.

`{...}` is one row; `{"rows": [{...}, ...]}` and `{"columns": {"a": [...], ...}}` are many, with `"ids"` and `"at"`
beside them.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from watchkeeper.serving.coercing import Coerced, Coercer
from watchkeeper.serving.errors import NotJson, RowsRefused
from watchkeeper.serving.moments import microseconds

MOST_ROWS = 100_000
LONGEST_ID = 200
ROWS, COLUMNS, IDS, AT = "rows", "columns", "ids", "at"

_decoder = msgspec.json.Decoder()


@dataclass(frozen=True)
class Asked:
    """What came beside the rows. `alone`: one row, and not a list of one; `ids` are the caller's own, where given; `at`
    the rows' event times in microseconds, where given apart."""

    count: int
    alone: bool = False
    ids: list[str | None] | None = None
    at: list[int] | None = None


Read = tuple[Asked, Coerced]


def read_json(body: bytes, coercer: Coercer) -> Read:
    """Raise NotJson, RowsRefused or TypesRefused."""
    said = decoded(body)
    if not isinstance(said, dict):
        raise RowsRefused('Send one row as a JSON object, or many as {"rows": [{...}, ...]}.', fields=("body",))
    if ROWS in said:
        rows = said[ROWS]
        _check_rows(rows)
        return read_beside(len(rows), ids=said.get(IDS), at=said.get(AT)), coercer(rows)
    if isinstance(said.get(COLUMNS), dict):
        return read_columns(said[COLUMNS], coercer, ids=said.get(IDS), at=said.get(AT))
    return Asked(1, alone=True), coercer([said])


def read_columns(columns: Mapping[str, Any], coercer: Coercer, *, ids: Any, at: Any) -> Read:
    """Raise RowsRefused or TypesRefused."""
    count = _length_of(columns)
    return read_beside(count, ids=ids, at=at), coercer.columns(columns, count)


def read_beside(count: int, *, ids: Any, at: Any) -> Asked:
    """What was sent beside so many rows. Raise RowsRefused."""
    if not count:
        raise RowsRefused("There is no row; send at least one.", fields=(ROWS,))
    if count > MOST_ROWS:
        raise RowsRefused(f"{count:,} rows are more than the {MOST_ROWS:,} of one call; split them.", fields=(ROWS,))
    return Asked(count, ids=_ids(ids, count), at=_at(at, count))


def _length_of(columns: Mapping[str, Any]) -> int:
    lengths = {}
    for name, values in columns.items():
        if not isinstance(values, list):
            raise RowsRefused(f"The column '{name}' has to be a list of values.", fields=(name,))
        lengths[name] = len(values)
    count = max(lengths.values(), default=0)
    short = tuple(name for name, length in lengths.items() if length != count)
    if short:
        raise RowsRefused(
            f"The columns have not one length: {short[0]} has {lengths[short[0]]} values, others {count}.", fields=short
        )
    return count


def _check_rows(rows: Any) -> None:
    if not isinstance(rows, list):
        raise RowsRefused('"rows" has to be a list of JSON objects.', fields=(ROWS,))
    for place, row in enumerate(rows):
        if not isinstance(row, dict):
            raise RowsRefused(f"Row {place} is no JSON object of columns and values.", fields=(f"{ROWS}[{place}]",))


def decoded(body: bytes) -> Any:
    try:
        return _decoder.decode(body)
    except RecursionError:
        raise NotJson("The body is nested too deeply to be rows.", fields=("body",)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _named(body, str(error)) from None


def _ids(given: Any, count: int) -> list[str | None] | None:
    if given is None:
        return None
    _check_length(given, count, IDS)
    for place, name in enumerate(given):
        if name is not None and not (isinstance(name, str) and 0 < len(name) <= LONGEST_ID and "\x00" not in name):
            raise RowsRefused(
                f"The id of row {place} has to be a text of 1 to {LONGEST_ID} characters, or null.",
                fields=(f"{IDS}[{place}]",),
            )
    return list(given)


def _at(given: Any, count: int) -> list[int] | None:
    if given is None:
        return None
    _check_length(given, count, AT)
    moments = [microseconds(text) if isinstance(text, str) else None for text in given]
    for place, moment in enumerate(moments):
        if moment is None:
            raise RowsRefused(
                f"The time of row {place} is no moment; write it like 2024-01-31T09:30:00Z.", fields=(f"{AT}[{place}]",)
            )
    return [moment for moment in moments if moment is not None]


def _check_length(given: Any, count: int, name: str) -> None:
    if not isinstance(given, list) or len(given) != count:
        raise RowsRefused(f'"{name}" has to be a list with one entry for each of the {count} rows.', fields=(name,))


def _named(body: bytes, reason: str) -> NotJson | RowsRefused:
    """NaN and the infinities are no JSON; where they are all that is wrong, the columns that hold them are named."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return NotJson(f"The body is no JSON: {reason}.", fields=("body",))
    columns = tuple(dict.fromkeys(_not_finite(found, "body")))
    if not columns:
        return NotJson(f"The body is no JSON: {reason}.", fields=("body",))
    return RowsRefused(
        f"{', '.join(columns)}: NaN and infinite numbers can't be sent in JSON. Send null where a value is missing.",
        fields=columns,
    )


def _not_finite(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, float) and not math.isfinite(value):
        yield name
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _not_finite(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _not_finite(each, name)
