"""The share of a day's values that broke the signature, in the column where it is largest.

Each call is held against what its release was trained on, and the day against what somebody expects of a column instead
of what was inferred.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.expecting import changed_by_hand
from watchkeeper.monitoring.integrity.checking import check
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.monitoring.ports import Changed, Counts
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.serving.deployment import Role
from watchkeeper.tables.violation import MISSING_VALUE, NEW_LEVEL, OUT_OF_RANGE

RULED = frozenset({MISSING_VALUE, OUT_OF_RANGE, NEW_LEVEL})
"""What a call finds of values, by what its release was trained on."""


def read(question: Question, start: str, end: str) -> list[Reading]:
    watch, name = question.work.watch, question.deployment.id
    rows, schema = watch.rows(name, start=start, end=end), _by_hand(question)
    ours = {each.name for each in schema.columns} if schema else set()
    broken: dict[tuple[str, str], int] = defaultdict(int)
    for cell in watch.violations(name, start=start, end=end):
        if cell.column not in ours or cell.violation not in RULED:
            broken[cell.day, cell.column] += cell.rows
    for day, column, count in _unexpected(question, schema, start, end) if schema else ():
        broken[day, column] = max(broken[day, column], count)
    by_day: dict[str, dict[str, int]] = defaultdict(dict)
    for (day, column), count in sorted(broken.items()):
        by_day[day][column] = count
    return [
        _reading(day, count, by_day[day])
        for (day, role), count in sorted(rows.items())
        if role == Role.CHAMPION and count
    ]


def _by_hand(question: Question) -> Schema | None:
    work, deployment = question.work, question.deployment
    if work.watch.bin_sets(deployment.id) is None:
        return None
    watch = watched(deployment, work=work, places=question.places)
    return changed_by_hand(deployment, watch.features, schemas=work.schemas)


def _unexpected(question: Question, schema: Schema, start: str, end: str) -> Iterator[tuple[str, str, int]]:
    """Of each day and column the rows that broke the rule that most of them broke."""
    work, deployment = question.work, question.deployment
    watch, columns = watched(deployment, work=work, places=question.places), {each.name for each in schema.columns}
    bins = {each.column.name: each for each in watch.features if each.column.name in columns}
    counts: dict[str, Counts] = {}
    for sheet in work.watch.sheets(deployment.id, start=start, end=end, role=Role.CHAMPION):
        counts[sheet.day] = sheet.counts + counts.get(sheet.day, 0)
    for day, of_day in counts.items():
        parts = watch.split(of_day)
        seen = {name: Observed(of, parts[name]) for name, of in bins.items()}
        rows = int(next(iter(parts.values())).sum())
        for found in check(schema, seen, rows=rows):
            yield day, found.column, found.rows


def _reading(day: str, rows: int, broken: Mapping[str, int]) -> Reading:
    shares = {column: min(count / rows, 1.0) for column, count in broken.items()}
    worst = max(shares, key=lambda each: (shares[each], each), default="")
    return Reading(day, rows, shares.get(worst, 0.0), about=worst, columns=shares)


VIOLATIONS = Signal(
    name="violations",
    title="The share of violations",
    headline="Values of {about} broke the signature",
    measure=Measure.SHARE,
    read=read,
    of=frozenset({Changed.ROWS, Changed.FAULTS}),
    partial=True,
    by_column=True,
)
