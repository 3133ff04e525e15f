"""Moments as they travel and as they are journalled: ISO 8601 text, and microseconds since 1970, UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = (datetime(1900, 1, 2, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
LAST = (datetime(2199, 12, 30, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def microseconds(text: str) -> int | None:
    """Without a zone it is UTC; None for what is no moment, or lies outside 1900 to 2199."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    found = (moment - EPOCH) // timedelta(microseconds=1)
    return found if FIRST <= found <= LAST else None


def moments_of(apart: Sequence[int | None] | None, own: Sequence[int | None] | None) -> Sequence[int | None]:
    """Each row's event time: what was given apart, or else what stands in the row itself."""
    if apart is None or own is None:
        return apart or own or ()
    return [mine if given is None else given for given, mine in zip(apart, own, strict=True)]
