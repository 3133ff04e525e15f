"""Rows whose times are told apart: those that lie ahead of their arrival, and those that come late.

Late is what comes when rows of so many days later have come before it, whatever the clock says: a past that is replayed
in its order is in time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from watchkeeper.serving.frames import Frame

HOUR = 3_600_000_000


@dataclass(frozen=True)
class Timely:
    """How far ahead rows may lie, how late they may come, and the newest local day of which rows have come."""

    ahead_hours: int | None = None
    lateness_days: int = 0
    newest: str = ""

    def ahead(self, frame: Frame) -> frozenset[int]:
        """The rows that lie too far ahead; none of a batch, which may be about what is to come."""
        if self.ahead_hours is None or frame.batch or not frame.at:
            return NOBODY
        limit = frame.received // 1000 + self.ahead_hours * HOUR
        if max(frame.at) <= limit:
            return NOBODY
        return frozenset(row for row, at in enumerate(frame.at) if at > limit)


NOBODY: frozenset[int] = frozenset()
ANY_TIME = Timely()
"""Nothing is too far ahead, and nothing late."""


def late_rows(came: Iterable[tuple[int, int, Mapping[str, Sequence[int]]]], timely: Timely) -> Counter[tuple[int, str]]:
    """How many rows of each release and day came late; of frames as (when it came, release, rows by day)."""
    found: Counter[tuple[int, str]] = Counter()
    if timely.ahead_hours is None:
        return found
    newest, earliest = timely.newest, _earliest(timely.newest, timely.lateness_days)
    for _, release, rows in sorted(came, key=lambda each: each[0]):
        for day, of in rows.items():
            if day < earliest:
                found[release, day] += len(of)
        if rows and max(rows) > newest:
            newest = max(rows)
            earliest = _earliest(newest, timely.lateness_days)
    return found


def _earliest(newest: str, days: int) -> str:
    """The first day that is in time."""
    return (date.fromisoformat(newest) - timedelta(days=days)).isoformat() if newest else ""
