"""A metric of the champion's labelled rows over the last days."""

from collections import defaultdict

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.answers.performing import metric_of
from watchkeeper.monitoring.days import days_between, moved
from watchkeeper.monitoring.performance.estimating import Block, estimate
from watchkeeper.monitoring.performance.metrics import lower_is_better
from watchkeeper.monitoring.ports import Changed
from watchkeeper.serving.deployment import Role


def read(question: Question, start: str, end: str) -> list[Reading]:
    """Of days on which no row has a label there is none."""
    work, name, length = question.work, question.deployment.id, question.rule.days
    own, task = metric_of(question.deployment, work=work)
    blocks: dict[str, list[Block]] = defaultdict(list)
    for cell in work.scores.cells(name, start=moved(start, 1 - length), end=end, shared=False):
        if cell.role == Role.CHAMPION:
            blocks[cell.day].append(Block(cell.day, cell.part, cell.tally))
    found = []
    for day in days_between(start, end):
        if blocks.get(day):
            mine = [block for each in days_between(moved(day, 1 - length), day) for block in blocks.get(each, ())]
            said = estimate(question.rule.metric or own, task, mine)
            rows = sum(block.tally.rows for block in mine)
            found.append(Reading(day, rows, said.value, said.low, said.high))
    return found


PERFORMANCE = Signal(
    name="performance",
    title="The performance",
    headline="{metric} {surely}beyond its limit",
    measure=Measure.METRIC,
    read=read,
    of=frozenset({Changed.SCORES}),
    above=lambda metric: metric is not None and lower_is_better(metric),
    metrics=True,
)
