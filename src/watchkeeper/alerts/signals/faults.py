"""How many columns of a day look as if their data broke."""

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.integrity.recognising import UNKNOWN
from watchkeeper.monitoring.ports import Changed, LookedDay
from watchkeeper.serving.deployment import Role


def read(question: Question, start: str, end: str) -> list[Reading]:
    """Of each day that was looked at, or gave no occasion to; what has no name is none. Days are looked at in their
    order, so that none that is still to be looked at lies between two that are read."""
    work, name = question.work, question.deployment.id
    rows = work.watch.rows(name, start=start, end=end)
    return [
        _reading(day, rows.get((day.day, Role.CHAMPION), 0))
        for day in work.looks.between(name, start=start, end=end)
        if not day.why
    ]


def _reading(day: LookedDay, rows: int) -> Reading:
    known = [each for each in day.faults if each.name != UNKNOWN]
    columns = list(dict.fromkeys(column for each in known for column in each.columns))
    about = columns[0] if columns else ""
    return Reading(day.day, rows, float(len(columns)), about=about, columns=dict.fromkeys(columns, 1.0))


FAULTS = Signal(
    name="faults",
    title="Faults of the data",
    headline="The data of {about} broke",
    measure=Measure.FAULTS,
    read=read,
    of=frozenset({Changed.LOOKED, Changed.FAULTS}),
    by_column=True,
)
