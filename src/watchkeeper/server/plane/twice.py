"""Names that stand twice in one JSON object. Decoders keep the last of the values, so that a caller would never learn
that one was dropped.

Every name and every text stands between two quotes. So where no more quotes were sent than the names and texts that
were decoded account for, none was dropped; only where there are more is the body read again, looking at each object.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from watchkeeper.serving.errors import NotJson, RowsRefused

QUOTE: Final = 34
SMALL: Final = 4_096
"""Bytes, up to which Python counts sooner than NumPy begins to."""


def quotes_in(body: bytes) -> int:
    if len(body) <= SMALL:
        return body.count(QUOTE)
    return int(np.count_nonzero(np.frombuffer(body, np.uint8) == QUOTE))


def quotes_of(value: Any) -> int:
    """As many as a decoded value accounts for."""
    if isinstance(value, str):
        return 2
    if isinstance(value, dict):
        return 2 * len(value) + _quotes_of_all(value.values())
    return _quotes_of_all(value) if isinstance(value, list) else 0


def quotes_of_columns(columns: Iterable[Sequence[Any]]) -> int:
    """Of the names and texts of columns, of which some rows may lack some. Those inside of lists and objects are not
    counted."""
    found = 0
    for column in columns:
        kinds = list(map(type, column))
        found += len(kinds) - kinds.count(msgspec.UnsetType) + kinds.count(str)
    return 2 * found


def check_names(body: bytes, found: Any) -> None:
    """Raise RowsRefused for a name that stands twice in one object of the body, which was decoded as `found`."""
    if quotes_in(body) == quotes_of(found):
        return
    try:
        json.loads(body, object_pairs_hook=_once, parse_int=str, parse_float=str)
    except RecursionError:
        raise NotJson("The body is nested too deeply to be rows.", fields=("body",)) from None


def _quotes_of_all(values: Iterable[Any]) -> int:
    values = list(values)
    kinds = set(map(type, values))
    if not kinds & {str, dict, list}:
        return 0
    return 2 * len(values) if kinds == {str} else sum(map(quotes_of, values))


def _once(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise RowsRefused(f"'{name[:100]}' stands twice in one object; send it once.", fields=(name[:100],))
        seen.add(name)
