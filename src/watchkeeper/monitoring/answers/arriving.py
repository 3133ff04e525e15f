"""How much of the truth has come: the share of rows with a label by day, and labels that speak of no row."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from watchkeeper.monitoring.days import days_between
from watchkeeper.monitoring.ports import Unit
from watchkeeper.serving.deployment import Deployment, Role

AGES = (("day", timedelta(days=1)), ("week", timedelta(days=7)), ("month", timedelta(days=30)))


@dataclass(frozen=True)
class ArrivedDay:
    """`rows` the champion answered, `labelled` of them have a label, which is `share` of them."""

    day: str
    rows: int
    labelled: int
    share: float | None


@dataclass(frozen=True)
class Age:
    """Labels without a row that came within the last `day`, `week` or `month` and not within the one before, or
    `earlier`."""

    within: str
    labels: int


@dataclass(frozen=True)
class Arrived:
    """`unmatched` are of the whole deployment, whatever the period."""

    time_zone: str
    start: str
    end: str
    days: tuple[ArrivedDay, ...]
    total: ArrivedDay
    unmatched: tuple[Age, ...]


def arrived(deployment: Deployment, *, start: str, end: str, now: datetime, work: Unit) -> Arrived:
    """Each day from start to end, both included, also those without rows. A label that comes late changes the day of
    its row."""
    rows = work.watch.rows(deployment.id, start=start, end=end)
    labelled = work.scores.labelled(deployment.id, start=start, end=end)
    counts = [
        (day, rows.get((day, Role.CHAMPION), 0), labelled.get((day, Role.CHAMPION), 0))
        for day in days_between(start, end)
    ]
    total = _day("total", sum(each[1] for each in counts), sum(each[2] for each in counts))
    days = tuple(_day(*each) for each in counts)
    return Arrived(deployment.time_zone, start, end, days, total, _ages(deployment, now=now, work=work))


def _day(day: str, rows: int, labelled: int) -> ArrivedDay:
    return ArrivedDay(day, rows, labelled, labelled / rows if rows else None)


def _ages(deployment: Deployment, *, now: datetime, work: Unit) -> tuple[Age, ...]:
    everything = work.labels.status(deployment.id).unmatched
    within = (
        work.labels.unmatched(deployment.id, since=[now - age for _, age in AGES]) if everything else [0] * len(AGES)
    )
    steps = [0, *within, everything]
    names = [*(name for name, _ in AGES), "earlier"]
    return tuple(Age(name, steps[place + 1] - steps[place]) for place, name in enumerate(names))
