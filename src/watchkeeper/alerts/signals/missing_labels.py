"""The share of a day's rows that still have no label so many days later.

It is read only where labels came before: a deployment that is never told the truth misses nothing. Nor is missing what
has come and is only not counted yet.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from watchkeeper.alerts.rule import Reading, Rule
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.days import moved, today
from watchkeeper.monitoring.ports import Changed
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.serving.deployment import Role

MOST_DAYS = 10_000


def read(question: Question, start: str, end: str) -> list[Reading]:
    """`days` of the rule is how long labels are waited for."""
    work, name = question.work, question.deployment.id
    status = work.labels.status(name)
    if not status.matched:
        return []
    due = min(end, moved(reached(question), -question.rule.days))
    if due < start:
        return []
    rows = work.watch.rows(name, start=start, end=due)
    labelled: dict[str, int] = defaultdict(int)
    for cell in work.scores.cells(name, start=start, end=due, shared=False):
        if cell.role == Role.CHAMPION:
            labelled[cell.day] += cell.tally.rows
    uncounted = set(work.labels.stale(name, limit=MOST_DAYS))
    return [
        Reading(day, count, 1 - min(labelled[day] + status.waiting, count) / count)
        for (day, role), count in sorted(rows.items())
        if role == Role.CHAMPION and count and day not in uncounted
    ]


def reached(question: Question) -> str:
    """The day that event time has come to: that of the newest row, and on from there while nothing comes, so that a
    replayed past waits for its labels in its own time."""
    work, deployment = question.work, question.deployment
    here = today(question.now, deployment.time_zone)
    event = work.watch.span(deployment.id, by=DaysOf.EVENT)
    arrival = work.watch.span(deployment.id, by=DaysOf.ARRIVAL)
    if event is None or arrival is None:
        return here
    silent = _midnight(here) - _midnight(min(arrival[1], here))
    newest = moved(event[1], max(silent // timedelta(days=1), 0))
    return min(newest, here)


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def _reach(rule: Rule) -> int:
    return rule.days + 1


MISSING_LABELS = Signal(
    name="missing_labels",
    title="The share of rows without a label",
    headline="Missing labels",
    measure=Measure.SHARE,
    read=read,
    of=frozenset({Changed.ROWS, Changed.SCORES}),
    reach=_reach,
    heals=True,
)
