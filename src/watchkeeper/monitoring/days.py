"""Which day of a deployment's time zone a moment belongs to."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from watchkeeper.errors import Refused

QUARTER = 15 * 60 * 1_000_000
LONGEST = 3_660
FIRST, LAST = date(1900, 1, 1), date(2200, 1, 1)


class PeriodRefused(Refused):
    code = "period-refused"


@lru_cache(maxsize=65536)
def _day_of_quarter(quarter: int, zone: str) -> str:
    moment = datetime.fromtimestamp(quarter * 900, UTC)
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()


def day_of(microseconds: int, zone: str) -> str:
    """`YYYY-MM-DD`. Every zone's offset is a whole number of quarters of an hour, so a quarter lies in one day."""
    return _day_of_quarter(microseconds // QUARTER, zone)


def first_hour(day: str, zone: ZoneInfo) -> int:
    """Since 1970, UTC: the first that lies in the local day; where days begin within an hour, the one that they begin
    in."""
    return int(datetime.combine(date.fromisoformat(day), time(), zone).timestamp() // 3600)


def period(
    *,
    days: int | None,
    start: date | None,
    end: date | None,
    span: tuple[str, str] | None,
    now: datetime,
    zone: str,
) -> tuple[str, str]:
    """The first and last day asked for, both included.

    `days` counts back from the last day that has anything in it, so that a replayed past is shown as well as today,
    and not beyond the first.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    oldest = date.fromisoformat(span[0]) if span else today
    # A row that claims to be from the far future must not push the present out of sight.
    newest = max(min(date.fromisoformat(span[1]), today + timedelta(days=1)), oldest) if span else today
    if start is None and end is None:
        first = newest - timedelta(days=min(max(days or 30, 1), LONGEST) - 1)
        return (max(first, oldest) if span else first).isoformat(), newest.isoformat()
    last, first = end or newest, start or min(oldest, end or oldest)
    refuse_days(first, last, fields=("start", "end"), newest=newest if span else None)
    return first.isoformat(), last.isoformat()


def outside(span: tuple[str, str], whole: tuple[str, str]) -> list[str]:
    """The first and the last day with anything, where they lie outside of what `period` makes of all days."""
    return [day for day in dict.fromkeys(span) if not whole[0] <= day <= whole[1]]


def refuse_days(first: date, last: date, *, fields: tuple[str, str], newest: date | None = None) -> None:
    """Raise PeriodRefused where they are no period that can be looked at; `newest` is the last day with anything."""
    if last < first:
        raise PeriodRefused(
            f"The period from {first} to {last} is empty: its last day comes before its first.", fields=fields
        )
    if not FIRST <= first <= last <= LAST:
        raise PeriodRefused(f"There are days from {FIRST} to {LAST}, and not from {first} to {last}.", fields=fields)
    if (last - first).days >= LONGEST:
        until = f", as from {newest - timedelta(days=LONGEST - 1)} to {newest}" if newest else ""
        raise PeriodRefused(f"A period may have {LONGEST:,} days; ask for less at once{until}.", fields=fields)


def days_between(start: str, end: str) -> Sequence[str]:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def moved(day: str, by: int) -> str:
    """The day so many days later, or earlier."""
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def spelled(day: str) -> str:
    """`14 January 2013`."""
    return f"{date.fromisoformat(day):%-d %B %Y}"


def spelled_period(start: str, end: str) -> str:
    """`14 January 2013`, `14 to 19 January 2013`, `30 January to 2 February 2013`."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    if first == last:
        return spelled(start)
    form = "%-d %B %Y" if first.year != last.year else "%-d %B" if first.month != last.month else "%-d"
    return f"{first:{form}} to {spelled(end)}"


def told_of(first: str, last: str) -> str:
    """For numbers that are of the last of some days: `on 5 May 2026`, `from 2 to 5 May 2026, on the last day`."""
    return f"on {spelled(last)}" if first == last else f"from {spelled_period(first, last)}, on the last day"


def today(now: datetime, zone: str) -> str:
    return now.astimezone(ZoneInfo(zone)).date().isoformat()
