"""The form that says for how long rows are kept."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from watchkeeper.monitoring.errors import RetentionRefused
from watchkeeper.monitoring.retention import EVERYTHING, Retention, known_retention

GIGABYTE = 10**9


def wanted_retention(form: Mapping[str, str]) -> Retention | None:
    """None where the installation's rule is to hold. Raise RetentionRefused."""
    match form.get("way"):
        case "usual":
            return None
        case "everything":
            return EVERYTHING
    days, gigabytes = (_number(form.get(name, "").strip()) for name in ("days", "bytes"))
    if days is None and gigabytes is None:
        raise RetentionRefused("Write a number of days, of gigabytes, or both.", fields=("days",))
    known = isinstance(gigabytes, int | float) and isfinite(gigabytes)
    return known_retention(days, round(gigabytes * GIGABYTE) if known else gigabytes)


def _number(text: str) -> Any:
    """What is no number is left as it is, and refused with the others that are none."""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number
