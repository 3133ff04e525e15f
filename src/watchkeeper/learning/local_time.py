"""Event times on the clocks and in the calendar of a place, many or one at a time.

Both are looked up: an offset in the moments at which the zone's offset changes, a day in a table of all days. Years
before 1900 and after 2199 are read as the nearest of these.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from watchkeeper.learning.arrays import Ints

MICROSECOND = timedelta(microseconds=1)
HALF_HOUR, DAY = 1_800_000_000, 86_400_000_000
PROBE = 7 * 86_400
"""Seconds; no zone changes its offset and changes it back within a week."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
START, END = datetime(1900, 1, 2, tzinfo=UTC), datetime(2199, 12, 30, tzinfo=UTC)

PARTS = ("half-hour", "weekday", "day of year", "month")
"""Of `calendar`, in order: 0 to 47, 0 (Monday) to 6, 1 to 366, 1 to 12."""


@dataclass(frozen=True)
class Zone:
    """`moments` are those at which the offset from UTC changes; `offsets` has one more. All in microseconds."""

    moments: Ints
    offsets: Ints

    def local(self, at: Ints) -> Ints:
        """What the clocks show, as if it were UTC."""
        return at + self.offsets[self.moments.searchsorted(at, side="right")]


@cache
def zone(name: str) -> Zone:
    place = ZoneInfo(name)
    first, last = (int(end.timestamp()) for end in (START, END))
    moments, offsets = [], [_offset(first, place)]
    for before in range(first, last, PROBE):
        after = min(before + PROBE, last)
        if _offset(after, place) != offsets[-1]:
            moments.append(_change(before, after, place) * 1_000_000)
            offsets.append(_offset(after, place))
    return Zone(np.array(moments, dtype=np.int64), np.array(offsets, dtype=np.int64))


def _offset(second: int, place: ZoneInfo) -> int:
    """In microseconds."""
    return ((EPOCH + timedelta(seconds=second)).astimezone(place).utcoffset() or timedelta()) // MICROSECOND


def _change(before: int, after: int, place: ZoneInfo) -> int:
    """The first second with the offset of `after`."""
    new = _offset(after, place)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _offset(middle, place) == new else (middle, after)
    return after


@cache
def _days() -> Ints:
    """Weekday, day of year and month of each day from START on, of shape (3, days)."""
    days = np.arange(np.datetime64(START.date(), "D"), np.datetime64(END.date(), "D"))
    years, months = days.astype("datetime64[Y]"), days.astype("datetime64[M]")
    weekday = (days.astype(np.int64) + 3) % 7
    day_of_year = (days - years.astype("datetime64[D]")).astype(np.int64) + 1
    return np.stack([weekday, day_of_year, months.astype(np.int64) % 12 + 1])


_FIRST_DAY = (START - EPOCH).days


def calendar(local: Ints) -> Ints:
    """The PARTS of moments that `Zone.local` gave, of shape (4, moments)."""
    day = local // DAY
    found = np.empty((4, local.size), dtype=np.int64)
    found[0] = (local - day * DAY) // HALF_HOUR
    found[1:] = _days().take(day - _FIRST_DAY, axis=1, mode="clip")
    return found
