"""The share of a day's values that broke the schema, in the column where it is largest."""

from collections import defaultdict
from collections.abc import Mapping

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
    by_day: dict[str, dict[str, int]] = defaultdict(dict)
    for (day, column), count in sorted(broken.items()):
        by_day[day][column] = count
    return [
        _reading(day, count, by_day[day])
        for (day, role), count in sorted(rows.items())
        if role == Role.CHAMPION and count
    ]


def _reading(day: str, rows: int, broken: Mapping[str, int]) -> Reading:
    shares = {column: min(count / rows, 1.0) for column, count in broken.items()}
    worst = max(shares, key=lambda each: (shares[each], each), default="")
    return Reading(day, rows, shares.get(worst, 0.0), about=worst, columns=shares)


VIOLATIONS = Signal(
    name="violations",
    title="The share of violations",
    headline="Values of {about} broke the schema",
    measure=Measure.SHARE,
    read=read,
    of=frozenset({Changed.ROWS, Changed.FAULTS}),
    partial=True,
    by_column=True,
)
