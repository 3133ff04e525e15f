"""Which rows are meant, as one writes it in Python, and as it is sent."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from watchkeeper.sdk.bodies import not_finite
from watchkeeper.sdk.errors import Refused
from watchkeeper.sdk.reading import spelled

Where: TypeAlias = Mapping[str, Any]
"""Columns to what they have to be: a value (None: missing), a list of values, a pair like `(">", 3)`, or a list of such
pairs, which all have to hold."""


def conditions(where: Where | None) -> list[list[Any]]:
    """`[column, operator, value]` each."""
    return [[column, *each] for column, wanted in (where or {}).items() for each in _each(column, wanted)]


def sent(where: Where | None) -> str | None:
    """As a parameter of an address."""
    return json.dumps(conditions(where)) if where else None


def _each(column: str, wanted: Any) -> list[list[Any]]:
    if isinstance(wanted, tuple):
        return [_pair(column, wanted)]
    if _several(wanted):
        if any(isinstance(each, tuple) for each in wanted):
            return [_pair(column, each) for each in wanted]
        return [["in", [_plain(column, each) for each in wanted]]]
    return [["=", _plain(column, wanted)]]


def _pair(column: str, pair: Any) -> list[Any]:
    if not isinstance(pair, tuple) or len(pair) != 2 or not isinstance(pair[0], str):
        raise Refused(
            f'A condition on {column} is a pair like (">", 3), not {pair!r}.', code="where-refused", fields=(column,)
        )
    sign, value = pair
    return [sign, [_plain(column, each) for each in value] if _several(value) else _plain(column, value)]


def _several(value: Any) -> bool:
    return isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes | tuple)


def _plain(column: str, value: Any) -> Any:
    """A number of NumPy is taken as Python's."""
    value = value.item() if hasattr(value, "item") and not isinstance(value, str) else value
    if isinstance(value, datetime):
        return spelled(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise not_finite(value, column)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise Refused(
        f"{column} can't be compared with {value!r}: use a text, a number, a truth value, a time or None.",
        code="value-unfit",
        fields=(column,),
    )
