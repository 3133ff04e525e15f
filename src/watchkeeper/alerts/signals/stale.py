"""For how many hours rows are overdue: older than the schema allows, else than they were in the last weeks.

Of a deployment that nobody calls any more one alarm is enough: where one on the time without a call is open, this one
does not open, and the other way round the starting one on calls does not.
"""

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.days import day_of, today
from watchkeeper.monitoring.soundness.freshness import newest_row, overdue

NAME, SILENCE = "stale", "no_traffic"


def read(question: Question, start: str, end: str) -> list[Reading]:
    """Nothing before a row has come."""
    del start, end
    deployment, work, now = question.deployment, question.work, question.now
    here = today(now, deployment.time_zone)
    newest = newest_row(deployment, now=now, work=work)
    if newest is None:
        return [Reading(here, 1, None)]
    late = overdue(deployment, newest, now=now, work=work)
    if late and is_told(question, SILENCE):
        return [Reading(here, 1, None)]
    return [Reading(here, 1, late, since=day_of(round(newest.timestamp() * 1e6), deployment.time_zone))]


def is_told(question: Question, signal: str) -> bool:
    """Whether a firing of another rule, on that signal, is open."""
    work = question.work
    return any(
        firing.open
        for rule in work.rules.of_deployment(question.deployment.id)
        if rule.signal == signal and rule.id != question.rule.id
        for firing in work.firings.since(rule.id, "9999-12-31")
    )


STALE = Signal(
    name=NAME,
    title="The time for which rows are overdue",
    headline="No new rows",
    measure=Measure.OVERDUE,
    read=read,
)
