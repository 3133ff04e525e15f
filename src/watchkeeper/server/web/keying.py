"""What the pages with keys have in common: reading their forms, and sorting what they show."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from watchkeeper.access.errors import KeyRefused
from watchkeeper.access.key import Key, Scope
from watchkeeper.server.api.access import ExpiryPast, Rotation, show_key

OVERLAPS = ((0, "at once"), (3_600, "in an hour"), (86_400, "in a day"), (7 * 86_400, "in a week"))
"""Seconds after which a rotated key ends, as a form offers them."""


def end_of_day(text: str) -> datetime | None:
    """A key that expires on a day works until that day is over, UTC."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ExpiryPast(f"'{text}' is no date; write it like 2030-12-31.", fields=("expires",)) from None
    return datetime.combine(day, time.max, UTC)


def ticked_scopes(form: Mapping[str, str]) -> list[str]:
    """Raise KeyRefused without any: a form says what it opens, and nothing by leaving everything out."""
    found = [scope.value for scope in Scope if form.get(f"scope-{scope}")]
    if not found:
        raise KeyRefused("Tick at least one thing that the key may be used for.", fields=("scopes",))
    return found


def wanted_rotation(form: Mapping[str, str]) -> Rotation:
    """Raise KeyRefused for an overlap that the form does not offer."""
    if form.get("overlap") not in {str(seconds) for seconds, _ in OVERLAPS}:
        raise KeyRefused("Choose when the old secret ends.", fields=("overlap",))
    return Rotation(overlap_seconds=float(form["overlap"]))


def sorted_keys(keys: Sequence[Key], *, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Those that work, and those that have ended; the newest first."""
    shown = {True: [], False: []}  # type: dict[bool, list[dict[str, Any]]]
    for key in sorted(keys, key=lambda each: each.created, reverse=True):
        shown[key.works(now)].append(show_key(key).model_dump())
    return {"working": shown[True], "ended": shown[False]}
