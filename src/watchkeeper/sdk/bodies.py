"""What is sent, as JSON: what JSON has not is said honestly or refused with its name."""

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from watchkeeper.sdk.errors import Refused
from watchkeeper.sdk.reading import spelled


def written(body: Any, *, nan_is_missing: bool = False) -> bytes:
    """NaN is how data frames say missing: where that is meant, it is sent as None.

    Raises:
        Refused: something is infinite, or NaN, or nothing that JSON could say; `fields` names its column.
    """
    try:
        return _json(body)
    except ValueError:  # NaN or an infinity, which JSON has not
        return _json(_finite(body, "", nan_is_missing=nan_is_missing))


def not_finite(value: float, column: str) -> Refused:
    what = "NaN, which is no number" if math.isnan(value) else "infinite"
    return Refused(
        f"The value of '{column}' is {what}. Send a finite number, or None where it is not known.",
        code="not-finite",
        fields=(column,),
    )


def _json(body: Any) -> bytes:
    return json.dumps(body, allow_nan=False, default=_plain, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    """What JSON has not: times, dates, and the scalars of numpy, pandas and Arrow."""
    if isinstance(value, datetime):
        return None if value != value else spelled(value)  # noqa: PLR0124  (pandas' NaT is a datetime unlike itself)
    if isinstance(value, date):
        return value.isoformat()
    for name in ("item", "as_py"):
        if hasattr(value, name) and getattr(value, "ndim", 0) == 0:
            found = getattr(value, name)()
            return None if isinstance(found, float) and math.isnan(found) else found
    if type(value).__name__ == "NAType":
        return None
    raise Refused(f"A {type(value).__name__} can't be sent: {value!r}. Send a number, a text or None.")


def _finite(value: Any, column: str, *, nan_is_missing: bool) -> Any:
    """`column` is the name that a value was found under."""
    if isinstance(value, Mapping):
        return {name: _finite(each, str(name), nan_is_missing=nan_is_missing) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each, column, nan_is_missing=nan_is_missing) for each in value]
    number = value if value is None or isinstance(value, str | int | float) else _plain(value)
    if not isinstance(number, float) or math.isfinite(number):
        return number
    if math.isnan(number) and nan_is_missing:
        return None
    raise not_finite(number, column)
