"""The list of all segments as it is read: as the worker has kept it, or judged now where that takes a moment."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from watchkeeper.monitoring.causes.segmenting import Segment
from watchkeeper.monitoring.collecting.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.days import period
from watchkeeper.monitoring.ports import JournalPlaces, SegmentAsked, SegmentList, Unit
from watchkeeper.monitoring.references.watching import Watched, watched
from watchkeeper.monitoring.segment import HIDDEN, NOT_LOOKED, Segmented, in_force
from watchkeeper.monitoring.segments.judging_segments import judge_segments, unjudged
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.serving.deployment import Deployment, Role

LOOK_BACK = (7, 30, 90)
"""Days of the periods that the worker keeps the list of, each up to the newest day."""
QUICKLY = 40_000.0
"""Microseconds of the processor that somebody is kept waiting for."""
A_SHEET, A_COUNT, A_COLUMN = 40.0, 0.008, 40.0
"""What it takes to read a sheet, to add a count, and to judge a column (`just bench segments`)."""
ASKED_FOR = timedelta(days=1)
"""For so long the list of a period that somebody asked for is kept, and judged again where rows have come."""


def segments_in(
    deployment: Deployment, of: Segmented, *, start: str, end: str, now: datetime, work: Unit, places: JournalPlaces
) -> dict[str, Any]:
    """With when it was judged, and from how many rows: all that there are, or fewer where it was kept. What would take
    too long is left to the worker, and was judged never so far."""
    rows = work.segments.rows(deployment.id, of.number, start=start, end=end)
    counted = sum(rows.values())
    kept = _kept(deployment, of, start, end, work)
    if kept is not None and kept.counted == counted:
        return _told(kept)
    watch = watched(deployment, work=work, places=places)
    sheets = work.segments.size(deployment.id, of.number, start=start, end=end)
    if _effort(watch, sheets=sheets, segments=len(rows)) <= QUICKLY:
        found = judge_segments(deployment, of, start=start, end=end, work=work, places=places)
        return {**found, "judged": now, "counted": counted}
    if not isinstance(kept, SegmentList):
        work.keep(lambda unit: unit.segments.ask(deployment.id, of.number, start=start, end=end, at=now))
    if kept is not None:
        return _told(kept)
    waiting = unjudged(deployment, of, rows, work=work, places=places)
    return {**waiting, "judged": None, "counted": 0}


def _kept(deployment: Deployment, of: Segmented, start: str, end: str, work: Unit) -> SegmentList | SegmentAsked | None:
    asked = [each for each in work.segments.asked(deployment.id) if each.number == of.number and each.found]
    kept: list[SegmentList | SegmentAsked] = [*work.segments.lists(deployment.id, of.number), *asked]
    return next((each for each in kept if (each.start, each.end) == (start, end)), None)


def _told(kept: SegmentList | SegmentAsked) -> dict[str, Any]:
    return {**(kept.found or {}), "judged": kept.at, "counted": kept.counted}


def _effort(watch: Watched, *, sheets: int, segments: int) -> float:
    """In microseconds."""
    columns = segments * (len(watch.features) + len(Role))
    return sheets * (A_SHEET + A_COUNT * watch.size) + columns * A_COLUMN


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
    token = collector.take(deployment) if due else None
    if of is None or token is None:
        return 0
    for days, start, end, counted in due:
        found = _judged(deployment, of, collector, start=start, end=end)
        with _keeping(deployment, of, collector, token) as work:
            if work is None:
                return 0
            at = collector.clock.now()
            work.segments.keep_list(deployment.id, SegmentList(of.number, days, start, end, counted, at, found))
    return len(due)


def judge_asked(deployment: Deployment, collector: Collector) -> bool:
    """Judge the period whose list somebody waits for longest; whether there was one. Called likewise."""
    since = collector.clock.now() - ASKED_FOR
    with collector.look() as work:
        due = _asked_and_due(deployment, since, work)
    token = collector.take(deployment) if due else None
    if due is None or token is None:
        return False
    wanted, of, counted = due
    found = _judged(deployment, of, collector, start=wanted.start, end=wanted.end)
    with _keeping(deployment, of, collector, token) as work:
        if work is not None:
            answer = replace(wanted, counted=counted, at=collector.clock.now(), found=found)
            work.segments.answer(deployment.id, answer)
            work.segments.forget_asked(deployment.id, before=since)
    return True


def _asked_and_due(deployment: Deployment, since: datetime, work: Unit) -> tuple[SegmentAsked, Segmented, int] | None:
    """The first whose rows are not those that it was judged from, with its column and how many rows it has."""
    asked = [each for each in work.segments.asked(deployment.id) if each.asked >= since]
    columns = {each.number: each for each in work.segments.columns(deployment.id)} if asked else {}
    for each in asked:
        of = columns.get(each.number)
        if of is not None:
            counted = _counted(deployment, of, each.start, each.end, work)
            if each.counted != counted:
                return each, of, counted
    return None


def _judged(deployment: Deployment, of: Segmented, collector: Collector, *, start: str, end: str) -> dict[str, Any]:
    with collector.look() as work:
        return judge_segments(deployment, of, start=start, end=end, work=work, places=collector.places)


@contextmanager
def _keeping(deployment: Deployment, of: Segmented, collector: Collector, token: int) -> Iterator[Unit | None]:
    """None where somebody has changed or hidden the column meanwhile. Raise LeaseLost."""
    with collector.unit() as work:
        if not work.lease.still(lease_of(deployment), token):
            raise LeaseLost
        yield work if of in work.segments.columns(deployment.id) else None


def _counted(deployment: Deployment, of: Segmented, start: str, end: str, work: Unit) -> int:
    return sum(work.segments.rows(deployment.id, of.number, start=start, end=end).values())


def _due(deployment: Deployment, of: Segmented, collector: Collector, work: Unit) -> list[tuple[int, str, str, int]]:
    """(how far back, first day, last day, rows)."""
    kept = {each.days: each for each in work.segments.lists(deployment.id, of.number)}
    span, now = work.watch.span(deployment.id, by=DaysOf.EVENT), collector.clock.now()
    found = []
    for days in LOOK_BACK:
        start, end = period(days=days, start=None, end=None, span=span, now=now, zone=deployment.time_zone)
        counted = _counted(deployment, of, start, end, work)
        before = kept.get(days)
        if counted and (before is None or (before.start, before.end, before.counted) != (start, end, counted)):
            found.append((days, start, end, counted))
    return found
