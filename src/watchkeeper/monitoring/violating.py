"""The violations of a period: values that broke the signature of the champion of their time, by column."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.monitoring.ports import Unit, ViolationCell
from watchkeeper.serving.deployment import Deployment, Role


@dataclass(frozen=True)
class Violation:
    """`share` is of the rows that the champion answered in the period."""

    column: str
    violation: str
    rows: int
    share: float
    first: datetime
    last: datetime
    example: str


def violations(deployment: Deployment, *, start: str, end: str, work: Unit) -> list[Violation]:
    """Most rows first."""
    answered = work.watch.rows(deployment.id, start=start, end=end)
    rows = sum(count for (_, role), count in answered.items() if role == Role.CHAMPION)
    groups: dict[tuple[str, str], list[ViolationCell]] = defaultdict(list)
    for cell in work.watch.violations(deployment.id, start=start, end=end):
        groups[cell.column, cell.violation].append(cell)
    found = [_merged(cells, rows) for cells in groups.values()]
    return sorted(found, key=lambda each: (-each.rows, each.column, each.violation))


def _merged(cells: list[ViolationCell], rows: int) -> Violation:
    count = sum(cell.rows for cell in cells)
    newest = max(cells, key=lambda cell: cell.last)
    return Violation(
        column=newest.column,
        violation=newest.violation,
        rows=count,
        share=count / rows if rows else 0.0,
        first=min(cell.first for cell in cells),
        last=newest.last,
        example=newest.example,
    )
