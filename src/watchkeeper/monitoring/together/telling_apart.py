"""Whether the rows of the last days can be told from the reference's, by all columns together: looked at by the worker
once a day is over, and again when its days have a tenth more rows; kept, so that pages only read.

A window is a week; where the reference carries times four, since rows that follow each other tell less.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from watchkeeper.monitoring.apart import ApartDay, verdict_of
from watchkeeper.monitoring.collecting.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.multivariate.boosting import boosted
from watchkeeper.monitoring.multivariate.coded_rows import (
    DaySample,
    ReferenceRows,
)
from watchkeeper.monitoring.multivariate.errors import NothingToTell
from watchkeeper.monitoring.multivariate.telling import tell_coded, tell_in_time
from watchkeeper.monitoring.policy import in_force
from watchkeeper.monitoring.references.usual import usual_of
from watchkeeper.monitoring.references.watching import Watched, watched
from watchkeeper.monitoring.together.apart_sides import sides_of
from watchkeeper.monitoring.together.reference_rows import reference_rows
from watchkeeper.monitoring.verdicts.issuing import newest_over
from watchkeeper.serving.deployment import Deployment

DAYS, DAYS_TIMED = 7, 28
GROWN = 1.1


@dataclass(frozen=True)
class Window:
    """Days up to one that are to be looked at."""

    first: str
    day: str
    counted: int


def tell(deployment: Deployment, collector: Collector) -> int:
    """Look at one day, the newest that is due; how many that was. Called by the thread that collects."""
    with collector.look() as work:
        if work.watch.bin_sets(deployment.id) is None:
            return 0
        watch = watched(deployment, work=work, places=collector.places)
        reference = work.samples.reference(deployment.id)
        seen, last = work.samples.seen(deployment.id), newest_over(deployment, work, now=collector.clock.now())
        counted = work.samples.counted(deployment.id)
        usual = usual_of(deployment, watch=watch, work=work, places=collector.places)
        alpha = in_force(work.policies.said(deployment.id)).policy.alpha
    if not seen or min(seen) > last:
        return 0
    if reference is None or reference.bin_sets != watch.number:
        reference = reference_rows(usual, watch)
        with collector.unit() as work:
            work.samples.keep_reference(deployment.id, reference)
    due = _due(seen, counted, last=last, days=DAYS_TIMED if reference.timed else DAYS)
    token = collector.take(deployment) if due is not None else None
    if due is None or token is None:
        return 0
    with collector.look() as work:
        samples = work.samples.between(deployment.id, start=due.first, end=due.day)
    found = _found(due, samples, reference, watch, alpha=alpha, at=collector.clock.now())
    with collector.unit() as work:
        if not work.lease.still(lease_of(deployment), token):
            raise LeaseLost
        work.samples.tell(deployment.id, found)
    return 1


def _due(seen: Mapping[str, int], counted: Mapping[str, int], *, last: str, days: int) -> Window | None:
    for day in sorted(seen, reverse=True):
        rows = sum(seen.get(moved(day, -before), 0) for before in range(days))
        if day <= last and (day not in counted or rows > GROWN * counted[day]):
            return Window(moved(day, 1 - days), day, rows)
    return None


def _found(
    due: Window,
    samples: list[DaySample],
    reference: ReferenceRows,
    watch: Watched,
    *,
    alpha: float,
    at: datetime,
) -> ApartDay:
    nothing = ApartDay(due.day, due.first, due.counted, at, Verdict.NOT_ENOUGH_DATA, why=reference.why)
    try:
        sides = sides_of(samples, reference, watch)
        if sides.times is None:
            found = tell_coded(sides.coded, learn=boosted)
        else:
            found = tell_in_time(sides.coded, sides.times, learn=boosted)
    except NothingToTell as none:
        return replace(nothing, why=none.message)
    return replace(
        nothing,
        verdict=verdict_of(found, alpha=alpha),
        rows=found.rows[1],
        auc=found.auc,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        columns=tuple((each.column, each.lost) for each in found.columns),
    )
