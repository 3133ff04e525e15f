"""The violations of a period: values that broke the signature of the champion of their time, by column."""

from dataclasses import dataclass
from datetime import datetime

from watchkeeper.monitoring.ports import Unit, ViolationCell
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.tables.violation import AHEAD


@dataclass(frozen=True)
class Violation:
    """`share` is of the rows that the champion answered in the period, with those that lie too far ahead in time where
    it is of them."""

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
    cells = work.watch.violations_together(deployment.id, start=start, end=end)
    ahead = sum(cell.rows for cell in cells if cell.violation == AHEAD)
    found = [_shown(cell, rows + ahead if cell.violation == AHEAD else rows) for cell in cells]
    return sorted(found, key=lambda each: (-each.rows, each.column, each.violation))


def _shown(cell: ViolationCell, rows: int) -> Violation:
    return Violation(
        column=cell.column,
        violation=cell.violation,
        rows=cell.rows,
        share=cell.rows / rows if rows else 0.0,
        first=cell.first,
        last=cell.last,
        example=cell.example,
    )
