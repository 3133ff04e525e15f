"""What callers ask, whatever the protocol: columns of values, with ids and times beside them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from watchkeeper.server.plane.extras import NOTHING, Extras
from watchkeeper.serving.coercing import Coerced, Coercer
from watchkeeper.serving.errors import RowsRefused
from watchkeeper.serving.moments import microseconds

MOST_ROWS = 100_000
LONGEST_ID = 200
ROWS, IDS, AT = "rows", "ids", "at"


class Asked(msgspec.Struct, frozen=True):
    """What came beside the rows. `alone`: one row, and not a list of one; `ids` are the caller's own, where given; `at`
    the rows' event times in microseconds, where given apart, None for a row that has none there; `extras` what the body
    asks for beside answers."""

    count: int
    alone: bool = False
    ids: list[str | None] | None = None
    at: list[int | None] | None = None
    extras: Extras = NOTHING


Read = tuple[Asked, Coerced]


def read_columns(columns: Mapping[str, Any], coercer: Coercer, *, ids: Any, at: Any) -> Read:
    """Raise RowsRefused or TypesRefused."""
    count = _length_of(columns)
    return read_beside(count, ids=ids, at=at), coercer.columns(columns, count)


def read_beside(count: int, *, ids: Any, at: Any) -> Asked:
    """What was sent beside so many rows. Raise RowsRefused."""
    if not count:
        raise RowsRefused("There is no row; send at least one.", fields=(ROWS,))
    if count > MOST_ROWS:
        raise too_many(count)
    return Asked(count, ids=_ids(ids, count), at=_at(at, count))


def too_many(count: int) -> RowsRefused:
    return RowsRefused(f"{count:,} rows are more than the {MOST_ROWS:,} of one call; split them.", fields=(ROWS,))


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


def _at(given: Any, count: int) -> list[int | None] | None:
    if given is None:
        return None
    _check_length(given, count, AT)
    moments = [microseconds(text) if isinstance(text, str) else None for text in given]
    for place, (moment, text) in enumerate(zip(moments, given, strict=True)):
        if moment is None and text is not None:
            raise RowsRefused(
                f"The time of row {place} is no moment from 1900 to 2199; write it like 2024-01-31T09:30:00Z, or null.",
                fields=(f"{AT}[{place}]",),
            )
    return moments


def _check_length(given: Any, count: int, name: str) -> None:
    if not isinstance(given, list) or len(given) != count:
        raise RowsRefused(f'"{name}" has to be a list with one entry for each of the {count} rows.', fields=(name,))
