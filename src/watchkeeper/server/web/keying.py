"""What the pages with keys have in common: reading their forms, and sorting what they show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from watchkeeper.access.errors import KeyRefused, RateRefused
from watchkeeper.access.key import Key, Scope
from watchkeeper.access.rate import MOST, Per
from watchkeeper.server.api.access import ExpiryPast, RateOfKey, Rotation, show_keys
from watchkeeper.server.assembly import Assembly
from watchkeeper.storage.work import Work

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


def wanted_rate(form: Mapping[str, str]) -> RateOfKey | None:
    """None where the form says no number of calls."""
    calls, rows = (_number(form, name) for name in ("rate.calls", "rate.rows"))
    if calls is None and rows is None:
        return None
    if calls is None:
        raise RateRefused("Say how many calls it may make, too.", fields=("rate.calls",))
    return RateOfKey(calls=calls, per=form.get("rate.per", Per.MINUTE), rows=rows)


def _number(form: Mapping[str, str], name: str) -> int | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MOST)):
        raise RateRefused(f"Write a whole number from 1 to {MOST:,}, or leave it empty.", fields=(name,))
    return int(text)


def wanted_rotation(form: Mapping[str, str]) -> Rotation:
    """Raise KeyRefused for an overlap that the form does not offer."""
    if form.get("overlap") not in {str(seconds) for seconds, _ in OVERLAPS}:
        raise KeyRefused("Choose when the old secret ends.", fields=("overlap",))
    return Rotation(overlap_seconds=float(form["overlap"]))


def makes(key: Key) -> bool:
    """Only a personal key without scopes can make others."""
    return key.user is not None and not key.scopes


def sorted_keys(keys: Sequence[Key], work: Work, assembly: Assembly) -> dict[str, list[dict[str, Any]]]:
    """Those that work, and those that have ended; the newest first. With each the name of the key that made it, the
    names of those that it made and that still work, and how many other secrets share its rate."""
    shown: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    now = assembly.clock.now()
    makers = {key.id: key.name for key in work.keys.named([key.made_by for key in keys if key.made_by])}
    secrets = Counter(key.lineage for key in keys if key.works(now))
    for key, said in zip(keys, show_keys(keys, work, assembly), strict=True):
        made = [other.name for other in work.keys.made_by(key.id) if other.works(now)] if makes(key) else []
        more = {"maker": makers.get(key.made_by or ""), "made": made, "shares": secrets[key.lineage] - 1}
        shown[key.works(now)].append({**said.model_dump(), **more})
    newest = {word: sorted(found, key=lambda each: each["created"], reverse=True) for word, found in shown.items()}
    return {"working": newest[True], "ended": newest[False]}
