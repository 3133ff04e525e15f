"""How long nobody has called, in hours; only where calls came on several days before.

The rule that a deployment starts with says nothing while another one tells that rows are overdue.
"""

from datetime import UTC, timedelta

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.alerts.signals.stale import NAME as STALE
from watchkeeper.alerts.signals.stale import SILENCE, is_told
from watchkeeper.monitoring.days import today

HOUR = timedelta(hours=1)


def read(question: Question, start: str, end: str) -> list[Reading]:
    del start, end
    newest, days = question.work.watch.arrivals(question.deployment.id)
    here = today(question.now, question.deployment.time_zone)
    silent = max((question.now - newest.astimezone(UTC)) / HOUR, 0.0) if newest else None
    if silent is not None and silent > question.rule.threshold and question.rule.starting and is_told(question, STALE):
        silent = None
    return [Reading(here, days, silent)]


NO_TRAFFIC = Signal(
    name=SILENCE,
    title="The time without a call",
    headline="No calls",
    measure=Measure.HOURS,
    read=read,
)
