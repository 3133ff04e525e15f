"""How calls fared, by the day on which they arrived: errors, and how long answers took."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.ports import Changed, UsageCell
from watchkeeper.monitoring.usage.using import DaysOf, Used, used
from watchkeeper.serving.deployment import Role


def _reading(value: Callable[[Used], float | None]) -> Callable[[Question, str, str], Sequence[Reading]]:
    """Of the champion's calls; `rows` of a reading are calls."""

    def read(question: Question, start: str, end: str) -> list[Reading]:
        days = _days(question, start, end, lambda cell: cell.role == Role.CHAMPION)
        found = [(day, used(cells)) for day, cells in sorted(days.items())]
        return [Reading(day, each.calls, value(each)) for day, each in found if each.calls]

    return read


def _waited(question: Question, start: str, end: str) -> list[Reading]:
    """How long callers waited: for the champion, and in a split for whichever model answered them. `rows` are calls
    that were answered."""
    releases = question.work.deployments.releases(question.deployment.id)
    split = {each.number for each in releases if each.split is not None}
    days = _days(question, start, end, lambda cell: cell.role == Role.CHAMPION or cell.release in split)
    found = [(day, used(cells, split=split)) for day, cells in sorted(days.items())]
    return [Reading(day, each.answered, each.p95_ms) for day, each in found if each.calls]


def _days(question: Question, start: str, end: str, counts: Callable[[UsageCell], bool]) -> dict[str, list[UsageCell]]:
    days: dict[str, list[UsageCell]] = defaultdict(list)
    for cell in question.work.watch.usage(question.deployment.id, by=DaysOf.ARRIVAL, start=start, end=end):
        if counts(cell):
            days[cell.day].append(cell)
    return days


ERRORS = Signal(
    name="errors",
    title="The share of a day's calls that failed",
    headline="Failing calls",
    measure=Measure.SHARE,
    read=_reading(lambda each: min(each.errors / each.calls, 1.0)),
    of=frozenset({Changed.USAGE}),
    partial=True,
)
RESPONSE_TIME = Signal(
    name="response_time",
    title="The response time (95th percentile)",
    headline="Slow answers",
    measure=Measure.MILLISECONDS,
    read=_waited,
    of=frozenset({Changed.USAGE}),
    partial=True,
)
