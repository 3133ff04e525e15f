"""How many of the deployment's pipelines failed when they last ran; a later run, or resuming it, ends that."""

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.days import today


def read(question: Question, start: str, end: str) -> list[Reading]:
    del start, end
    failed = question.work.runs.failed(question.deployment.id)
    return [Reading(today(question.now, question.deployment.time_zone), 1, float(len(failed)))]


RUNS = Signal(
    name="runs",
    title="The number of pipelines whose newest run failed",
    headline="A pipeline failed",
    measure=Measure.COUNT,
    read=read,
)
