"""What is looked up by its name, and is not there."""

from collections.abc import Mapping
from typing import TypeVar

Of = TypeVar("Of")
MOST = 20


def named(of: Mapping[str, Of], name: str, *, what: str) -> Of:
    """Raises KeyError, with the names there are."""
    if name in of:
        return of[name]
    more = [f"{len(of) - MOST} more"] if len(of) > MOST else []
    known = ", ".join([*list(of)[:MOST], *more]) or "none"
    raise KeyError(f"There is no {what} {name!r} here. There are: {known}.")
