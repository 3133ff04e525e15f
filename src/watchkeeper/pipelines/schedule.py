"""When a cron expression fires, in the local time of a zone, whatever its clocks do.

Where the clocks go forward, what would fall into the hour that is not there fires when it is over. Where they go back,
a fixed time fires the first time only; one that fires every hour, or several times an hour, goes on doing so.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from zoneinfo import ZoneInfo

from croniter import CroniterBadCronError, CroniterBadDateError, croniter

from watchkeeper.pipelines.errors import ScheduleRefused

OVERLAP = timedelta(hours=3)
"""More than clocks are ever set back by."""
SECOND = timedelta(seconds=1)
MOST_COUNTED = 1_000


def check_cron(cron: str, *, at: str) -> None:
    fields = cron.split()
    if len(fields) != 5 and not cron.startswith("@"):
        raise ScheduleRefused(
            f"'{cron}' is no cron expression: minute, hour, day of month, month, day of week.", fields=(at,)
        )
    try:
        croniter(cron, datetime(2026, 1, 1)).get_next(datetime)  # noqa: DTZ001  (a wall's time)
    except CroniterBadDateError:
        raise ScheduleRefused(f"'{cron}' never fires: there is no such day.", fields=(at,)) from None
    except (CroniterBadCronError, ValueError, KeyError, AttributeError) as error:
        raise ScheduleRefused(f"'{cron}' is no cron expression: {error}.", fields=(at,)) from None


def next_tick(cron: str, zone: str, after: datetime) -> datetime:
    """The first tick that is later than `after`."""
    return next(_ticks(cron, zone, after))


def ticks(cron: str, zone: str, *, after: datetime, until: datetime) -> list[datetime]:
    """Those later than `after`, up to `until`; the first thousand."""
    found: list[datetime] = []
    for tick in _ticks(cron, zone, after):
        if tick > until or len(found) >= MOST_COUNTED:
            break
        found.append(tick)
    return found


def newest_tick(cron: str, zone: str, *, after: datetime, until: datetime) -> tuple[datetime, int] | None:
    """The last tick in between, and how many there are (a thousand at most are counted)."""
    passed = ticks(cron, zone, after=after, until=until)
    if len(passed) < MOST_COUNTED:
        return (passed[-1], len(passed)) if passed else None
    back = timedelta(hours=1)
    while not (recent := ticks(cron, zone, after=max(until - back, after), until=until)):
        back *= 2
    return recent[-1], MOST_COUNTED


def _ticks(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """In order, each once: a tick is held back until no later local time can be an earlier moment."""
    there = ZoneInfo(zone)
    often = _every_hour(cron)
    local = after.astimezone(there).replace(tzinfo=None, fold=0)
    times = croniter(cron, local - (OVERLAP if often else SECOND))
    held: list[tuple[datetime, datetime]] = []
    last = after
    while True:
        wall = times.get_next(datetime)
        for tick in _moments(wall, there, often=often):
            heappush(held, (tick, wall))
        while held and held[0][1] <= wall - OVERLAP:
            tick, _ = heappop(held)
            if tick > last:
                yield tick
                last = tick


def _moments(wall: datetime, there: ZoneInfo, *, often: bool) -> list[datetime]:
    first, second = (wall.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return [first]
    if first < second:
        return [first, second] if often else [first]
    return [_gap_end(second, first, there)]


def _gap_end(early: datetime, late: datetime, there: ZoneInfo) -> datetime:
    """The moment between the two at which the clocks go forward."""
    offset = early.astimezone(there).utcoffset()
    while late - early > SECOND:
        middle = early + ((late - early) // 2 // SECOND) * SECOND
        if middle.astimezone(there).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late


def _every_hour(cron: str) -> bool:
    return cron == "@hourly" or (not cron.startswith("@") and cron.split()[1].startswith("*"))
