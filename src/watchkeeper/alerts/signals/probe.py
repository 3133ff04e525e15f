"""How long the champion has been down, in seconds: not loaded, failing, or no process there that could answer."""

from collections.abc import Sequence
from datetime import datetime

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.health.judging import PLANE, State, health
from watchkeeper.monitoring.days import today
from watchkeeper.serving.deployment import ProcessStatus, Release, Role


def read(question: Question, start: str, end: str) -> list[Reading]:
    del start, end
    work, deployment = question.work, question.deployment
    release, statuses = work.deployments.current(deployment.id), work.board.all()
    down = _down(release, statuses, now=question.now)
    return [Reading(today(question.now, deployment.time_zone), 1, down)]


def _down(release: Release, statuses: Sequence[ProcessStatus], *, now: datetime) -> float:
    judged = health(release, statuses=statuses, now=now)
    if judged.state is not State.DOWN:
        return 0.0
    champion = judged.roles[Role.CHAMPION]
    seen = [each.seen for each in statuses if each.process.startswith(PLANE)]
    since = [release.created, *([champion.last_answered] if champion.last_answered else [])]
    if not champion.processes and seen:
        since.append(max(seen))
    return max((now - max(since)).total_seconds(), 0.0)


PROBE = Signal(
    name="probe",
    title="The champion has been down",
    headline="Champion down",
    measure=Measure.SECONDS,
    read=read,
)
