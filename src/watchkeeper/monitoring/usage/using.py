"""Usage by day: calls, rows, errors and response times of champion and challenger."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from watchkeeper.monitoring.days import days_between
from watchkeeper.monitoring.ports import Unit, UsageCell
from watchkeeper.monitoring.usage.response_times import BINS, percentile
from watchkeeper.serving.deployment import Deployment, Role


class DaysOf(StrEnum):
    """By event a row belongs to the day of its own time, a call to that of its latest row; else to that of arrival."""

    EVENT = "event"
    ARRIVAL = "arrival"


@dataclass(frozen=True)
class Used:
    """Response times are of answered calls; None where there were none. `answered` are the calls whose callers got this
    role's answer; the others it answered unseen. The `unrecorded`, answered while the disk was full, are not among the
    calls and rows."""

    calls: int
    rows: int
    errors: int
    answered: int
    mean_ms: float | None
    p95_ms: float | None
    unrecorded_calls: int = 0
    unrecorded_rows: int = 0


@dataclass(frozen=True)
class Usage:
    by: DaysOf
    time_zone: str
    start: str
    end: str
    days: tuple[tuple[str, dict[Role, Used]], ...]
    total: dict[Role, Used]


def usage(deployment: Deployment, *, by: DaysOf, start: str, end: str, work: Unit) -> Usage:
    """Each day from start to end, also those on which nothing happened."""
    split = {each.number for each in work.deployments.releases(deployment.id) if each.split is not None}
    cells: dict[tuple[str, str], list[UsageCell]] = defaultdict(list)
    for cell in work.watch.usage(deployment.id, by=by, start=start, end=end):
        cells[cell.day, cell.role].append(cell)
    return Usage(
        by=by,
        time_zone=deployment.time_zone,
        start=start,
        end=end,
        days=tuple(
            (day, {role: used(cells[day, role], split=split) for role in Role}) for day in days_between(start, end)
        ),
        total={
            role: used((cell for (_, of), found in cells.items() if of == role for cell in found), split=split)
            for role in Role
        },
    )


def used(cells: Iterable[UsageCell], *, split: Collection[int] = ()) -> Used:
    """`split` are the releases with one."""
    found = list(cells)
    times = sum((cell.times for cell in found), np.zeros(BINS, dtype=np.int64))
    answered = int(times.sum())
    return Used(
        calls=sum(cell.calls for cell in found),
        rows=sum(cell.rows for cell in found),
        errors=sum(cell.errors for cell in found),
        answered=sum(int(cell.times.sum()) for cell in found if cell.role == Role.CHAMPION or cell.release in split),
        mean_ms=sum(cell.milliseconds for cell in found) / answered if answered else None,
        p95_ms=percentile(times, 0.95),
        unrecorded_calls=sum(cell.unrecorded_calls for cell in found),
        unrecorded_rows=sum(cell.unrecorded_rows for cell in found),
    )
