"""The share of a day's values that broke the schema, in the column where it is largest."""

from collections import defaultdict

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.ports import Changed
from watchkeeper.serving.deployment import Role


def read(question: Question, start: str, end: str) -> list[Reading]:
    watch, name = question.work.watch, question.deployment.id
    rows = watch.rows(name, start=start, end=end)
    broken: dict[tuple[str, str], int] = defaultdict(int)
    for cell in watch.violations(name, start=start, end=end):
        broken[cell.day, cell.column] += cell.rows
    most: dict[str, tuple[int, str]] = defaultdict(lambda: (0, ""))
    for (day, column), count in sorted(broken.items()):
        most[day] = max(most[day], (count, column))
    return [
        Reading(day, count, min(most[day][0] / count, 1.0), about=most[day][1])
        for (day, role), count in sorted(rows.items())
        if role == Role.CHAMPION and count
    ]


VIOLATIONS = Signal(
    name="violations",
    title="The share of violations",
    headline="Violations, worst of {about},",
    measure=Measure.SHARE,
    read=read,
    of=frozenset({Changed.ROWS, Changed.FAULTS}),
    partial=True,
    names_worst=True,
)
