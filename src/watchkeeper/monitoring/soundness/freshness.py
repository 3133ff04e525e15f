"""How old the newest row is, against what rows have led one to expect, or what somebody declared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from watchkeeper.monitoring.integrity.inferring import PATIENCE
from watchkeeper.monitoring.integrity.wording import number, percent
from watchkeeper.monitoring.policy import in_force
from watchkeeper.monitoring.ports import JournalFile, Unit
from watchkeeper.monitoring.soundness.soundness import Soundness
from watchkeeper.serving.deployment import Deployment, Role

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MANY = 240
"""Hours from which days are told whole."""
WEEKS = timedelta(weeks=4)
SHORTEST = 1.0
"""Hours; what comes more often is awaited no sooner."""
FEWEST_FILES, FEWEST_DAYS = 8, 7
"""Of the journal, and days from the first of them to the last, before anything can be expected of them."""


@dataclass(frozen=True)
class Freshness:
    """Attributes:
    newest: when the newest row happened, as far as it is collected; None without one.
    age: its hours, at the moment that somebody asked.
    limit: hours that it may be old; None where nothing is declared and too little came to expect anything.
    declared: whether somebody set the limit.
    late: rows of the period that came beyond the lateness limit of the drift policy, of so many `rows`.
    ahead: rows beside them that lie too far ahead of their arrival, and are not counted.
    """

    newest: datetime | None
    age: float | None
    limit: float | None
    declared: bool
    late: int
    rows: int
    ahead: int = 0

    @property
    def stale(self) -> bool:
        return self.age is not None and self.limit is not None and self.age > self.limit

    @property
    def late_share(self) -> float:
        return self.late / self.rows if self.rows else 0.0

    @property
    def sentence(self) -> str:
        if self.age is None:
            return "No row has come yet."
        late = f" {self.late:,} rows ({percent(self.late_share)}) came late." if self.late else ""
        late += f" {self.ahead:,} more lay too far ahead of their arrival, and are not counted." if self.ahead else ""
        return f"The newest row is {hours(self.age)} old{self._usual()}.{late}"

    def _usual(self) -> str:
        if self.limit is None:
            return "; rows have come too few times to say whether that is usual"
        usual = f"{number(PATIENCE)} times the oldest that it was in the last weeks is"
        return f", and {'the schema allows' if self.declared else usual} {hours(self.limit)}"


def freshness(deployment: Deployment, found: Soundness, *, now: datetime, work: Unit) -> Freshness:
    """By what the schema declares, else by the rows of the last weeks. Rows that lie ahead of the moment at which they
    were collected, as a forecast's do, are of that moment; those that lie too far ahead do not count."""
    declared = found.said.schema.stalest
    newest = newest_row(deployment, now=now, work=work)
    age = None if newest is None else max((now - newest) / HOUR, 0.0)
    limit = declared if declared is not None or newest is None else _expected(deployment, newest, work)
    return Freshness(newest, age, limit, declared is not None, found.late, found.rows, found.ahead)


def overdue(deployment: Deployment, newest: datetime, *, now: datetime, work: Unit) -> float:
    """For how many hours another row than the newest should have come; 0 where none should, or none can be expected."""
    said = work.schemas.said(deployment.id)
    declared, age = said[0].schema.stalest if said else None, (now - newest) / HOUR
    if declared is None and age <= PATIENCE * SHORTEST:
        return 0.0
    limit = declared if declared is not None else _expected(deployment, newest, work)
    return 0.0 if limit is None else max(age - limit, 0.0)


def newest_row(deployment: Deployment, *, now: datetime, work: Unit) -> datetime | None:
    """When it happened, as far as it is collected; None without one."""
    reach = work.journal.reach(deployment.id)
    if reach is None:
        return None
    ahead = timedelta(hours=in_force(work.policies.said(deployment.id)).policy.ahead_hours)
    hour = work.hours.newest(deployment.id, role=Role.CHAMPION)
    counted = now if hour is None else min(EPOCH + (hour + 1) * HOUR, now)
    files = work.journal.files(deployment.id, role=Role.CHAMPION, start=now - WEEKS)
    return max((newest_in(file, ahead=ahead, counted=counted) for file in files), default=min(reach[1], counted))


def newest_in(file: JournalFile, *, ahead: timedelta, counted: datetime) -> datetime:
    """When the newest row of a file happened, or by when at the latest; rows that lie further ahead than `ahead` say
    nothing of it, so that what is `counted` of all rows does."""
    if file.last <= file.made + ahead:
        return min(file.last, file.made)
    return min(counted, file.made)


def _expected(deployment: Deployment, newest: datetime, work: Unit) -> float | None:
    files = work.journal.files(deployment.id, role=Role.CHAMPION, start=newest - WEEKS)
    return expected_age([(file.made, min(file.last, file.made)) for file in files])


def expected_age(files: Sequence[tuple[datetime, datetime]]) -> float | None:
    """Hours from which the newest row is overdue, by how old it was each time before a file came.

    Args:
        files: when each was collected, and its newest row.
    """
    came = sorted(files)
    if len(came) < FEWEST_FILES or max(last for _, last in came) - min(last for _, last in came) < FEWEST_DAYS * DAY:
        return None
    newest = accumulate((last for _, last in came), max)
    ages = [made - before for (made, _), before in zip(came[1:], newest, strict=False)]
    return PATIENCE * max(max(ages) / HOUR, SHORTEST)


def hours(count: float) -> str:
    """`less than a minute`, `40 minutes`, `3.5 hours`, `2.5 days`, `1,061 days`."""
    minutes = round(count * 60)
    if minutes < 60:
        return "less than a minute" if not minutes else f"{minutes} {'minute' if minutes == 1 else 'minutes'}"
    if count >= MANY:
        return f"{count / 24:,.0f} days"
    shown = round(count / 24, 1) if count >= 48 else round(count, 1)
    return f"{number(shown)} {'days' if count >= 48 else 'hour' if shown == 1 else 'hours'}"
