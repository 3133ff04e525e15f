"""The list of all segments as it is read: as the worker has kept it, or judged now where that takes a moment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from watchkeeper.monitoring.causes.segmenting import Segment
from watchkeeper.monitoring.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.days import days_between, period
from watchkeeper.monitoring.judging_segments import judge_segments
from watchkeeper.monitoring.ports import JournalPlaces, SegmentList, Unit
from watchkeeper.monitoring.segment_views import prepare_references
from watchkeeper.monitoring.segments import HIDDEN, NOT_LOOKED, Segmented, in_force
from watchkeeper.monitoring.using import By
from watchkeeper.monitoring.watching import watched
from watchkeeper.serving.deployment import Deployment

LOOK_BACK = (7, 30, 90)
"""Days of the periods that the worker keeps the list of, each up to the newest day."""
QUICKLY = 2_000_000
"""Counts that are judged while somebody waits, where a list is kept that some rows have come after."""


def segments_in(
    deployment: Deployment, of: Segmented, *, start: str, end: str, now: datetime, work: Unit, places: JournalPlaces
) -> dict[str, Any]:
    """With when it was judged, and from how many rows: all that there are, or fewer where it was kept."""
    rows = work.segments.rows(deployment.id, of.number, start=start, end=end)
    counted = sum(rows.values())
    kept = next(
        (each for each in work.segments.lists(deployment.id, of.number) if (each.start, each.end) == (start, end)), None
    )
    size = len(rows) * watched(deployment, work=work, places=places).size * len(days_between(start, end))
    if kept is not None and (kept.counted == counted or size > QUICKLY):
        return {**kept.found, "judged": kept.at, "counted": kept.counted}
    found = judge_segments(deployment, of, start=start, end=end, work=work, places=places)
    return {**found, "judged": now, "counted": counted}


def concentrations(found: Mapping[str, Any] | None) -> dict[str, Segment]:
    """From what was read of the segments: by feature, the one that has most of its drift and far more of it than of the
    rows."""
    return {name: Segment(**each) for name, each in (found or {"concentrated": {}})["concentrated"].items()}


def declared(deployment: Deployment, *, work: Unit) -> Segmented | None:
    """The column that is the segment now, once its reference has been looked at."""
    column = in_force(work.segments.said(deployment.id))
    of = next((each for each in reversed(work.segments.columns(deployment.id)) if each.column == column), None)
    return None if of is None or of.reference in {NOT_LOOKED, HIDDEN} else of


def keep_lists(deployment: Deployment, collector: Collector) -> int:
    """Judge the usual periods whose rows are not those that their list was judged from; how many those were. Called by
    the thread that collects."""
    with collector.look() as work:
        of = declared(deployment, work=work)
        due = [] if of is None else _due(deployment, of, collector, work)
    if of is None or not due:
        return 0
    token = collector.take(deployment)
    if token is None:
        return 0
    for days, start, end, counted in due:
        with collector.unit() as work:
            prepare_references(deployment, of, work=work, places=collector.places)
        with collector.look() as work:
            found = judge_segments(deployment, of, start=start, end=end, work=work, places=collector.places)
        with collector.unit() as work:
            if not work.lease.still(lease_of(deployment), token):
                raise LeaseLost
            if declared(deployment, work=work) != of:
                return 0  # which somebody has changed meanwhile, or hidden
            at = collector.clock.now()
            work.segments.keep_list(deployment.id, SegmentList(of.number, days, start, end, counted, at, found))
    return len(due)


def _due(deployment: Deployment, of: Segmented, collector: Collector, work: Unit) -> list[tuple[int, str, str, int]]:
    """(how far back, first day, last day, rows)."""
    kept = {each.days: each for each in work.segments.lists(deployment.id, of.number)}
    span, now = work.watch.span(deployment.id, by=By.EVENT), collector.clock.now()
    found = []
    for days in LOOK_BACK:
        start, end = period(days=days, start=None, end=None, span=span, now=now, zone=deployment.time_zone)
        counted = sum(work.segments.rows(deployment.id, of.number, start=start, end=end).values())
        before = kept.get(days)
        if counted and (before is None or (before.start, before.end, before.counted) != (start, end, counted)):
            found.append((days, start, end, counted))
    return found
