"""How much is gone of the room that is to be left on the disk; nothing while it is not nearly full."""

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.days import today


def read(question: Question, start: str, end: str) -> list[Reading]:
    del start, end
    gone = question.disk.used_up if question.disk else None
    return [Reading(today(question.now, question.deployment.time_zone), 1, gone)]


DISK = Signal(
    name="disk",
    title="The part that is gone of the room to be left on the disk",
    headline="The disk is nearly full",
    measure=Measure.SHARE,
    read=read,
)
