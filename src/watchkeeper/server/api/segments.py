"""By which feature rows are counted apart, and how its segments fare."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from watchkeeper.access.role import Right
from watchkeeper.charts.segments import segments_chart
from watchkeeper.monitoring.drifting import View
from watchkeeper.monitoring.listing_segments import segments_in
from watchkeeper.monitoring.segment_views import prepare_references, segment_of, segment_view, segmented
from watchkeeper.monitoring.segmenting import choices, segment_by
from watchkeeper.monitoring.segments import SegmentSaid, in_force
from watchkeeper.monitoring.verdicts import Known, known
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.monitoring import Days, End, Start, the_period
from watchkeeper.server.api.paging import Page
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])
PATH = "/deployments/{deployment}/segment"
OfColumn = Annotated[str | None, Query(description="The feature; that which is or last was the segment, without.")]
OfSegment = Annotated[str | None, Query(description="Only rows of this segment, by its name; else all.")]


class SegmentWanted(BaseModel):
    """A feature whose values tell rows apart."""

    model_config = ConfigDict(extra="forbid")
    column: str


class SegmentShown(BaseModel):
    """`column` is null where rows are not counted apart; `names` are those that segments have by now, at most fifty.
    `choices` are the features that may be the segment."""

    column: str | None
    since: datetime | None
    set_by: str | None
    names: list[str]
    choices: list[str]


class SegmentHistory(BaseModel):
    """`column` is null where rows were to be counted apart no longer."""

    column: str | None
    since: datetime
    set_by: str


@router.get(PATH, **needs(Right.READ))
def get_segment(deployment: str, assembly: TheAssembly) -> SegmentShown:
    """By which feature rows are counted apart."""
    with assembly.store.work() as work:
        return show_segment(the_deployment(deployment, work), work, assembly)


@router.put(PATH, **needs(Right.WRITE))
def put_segment(deployment: str, wanted: SegmentWanted, permit: ThePermit, assembly: TheAssembly) -> SegmentShown:
    """Rows that come from now on are counted apart by it. What was counted by another feature stays under its name."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        segment_by(found, wanted.column, permit=permit, work=work, places=assembly.places, clock=assembly.clock)
        return show_segment(found, work, assembly)


@router.delete(PATH, status_code=204, **needs(Right.WRITE))
def delete_segment(deployment: str, permit: ThePermit, assembly: TheAssembly) -> None:
    """Rows that come from now on are not counted apart."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        segment_by(found, None, permit=permit, work=work, places=assembly.places, clock=assembly.clock)


@router.get(f"{PATH}/history", **needs(Right.READ))
def get_segment_history(deployment: str, assembly: TheAssembly) -> Page[SegmentHistory]:
    """Every feature that was the segment, newest first: who said so and when."""
    with assembly.store.look() as work:
        said = work.segments.said(the_deployment(deployment, work).id)
    return Page(items=[SegmentHistory(**vars(each)) for each in said], next=None)


@router.get("/deployments/{deployment}/segments", **needs(Right.READ))
def get_segments(
    deployment: str,
    assembly: TheAssembly,
    column: OfColumn = None,
    days: Days = None,
    start: Start = None,
    end: End = None,
) -> dict[str, Any]:
    """All segments beside each other, the most concerning first: rows, share, share in the reference, and the verdict
    on each against the same segment of the reference."""
    return read_segments(deployment, assembly, column=column, days=days, start=start, end=end)


@router.get("/deployments/{deployment}/segments/chart", **needs(Right.READ))
def get_segments_chart(
    deployment: str,
    assembly: TheAssembly,
    column: OfColumn = None,
    days: Days = None,
    start: Start = None,
    end: End = None,
) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    return segments_chart(read_segments(deployment, assembly, column=column, days=days, start=start, end=end))


def read_segments(
    deployment: str,
    assembly: Assembly,
    *,
    column: str | None,
    days: int | None,
    start: date | None,
    end: date | None,
) -> dict[str, Any]:
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        prepare_references(found, segmented(found, column, work=work), work=work, places=assembly.places)
    with assembly.store.look() as work:
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        return show_segments(found, column, work, assembly, start=first, end=last)


def show_segments(
    deployment: Deployment, column: str | None, work: Work, assembly: Assembly, *, start: str, end: str
) -> dict[str, Any]:
    of = segmented(deployment, column, work=work)
    span = {"start": start, "end": end}
    found = segments_in(deployment, of, **span, now=assembly.clock.now(), work=work, places=assembly.places)
    return {**span, **found}


def show_segment(deployment: Deployment, work: Work, assembly: Assembly) -> SegmentShown:
    said = work.segments.said(deployment.id)
    column = in_force(said)
    newest: SegmentSaid | None = said[0] if said else None
    names = segmented(deployment, column, work=work).names if column else ()
    return SegmentShown(
        column=column,
        since=newest.since if newest else None,
        set_by=newest.set_by if newest else None,
        names=list(names),
        choices=choices(deployment, work=work, places=assembly.places),
    )


def view_of_segment(
    deployment: Deployment, name: str, column: str | None, work: Work, assembly: Assembly, *, start: str, end: str
) -> tuple[View, Known, dict[str, str]]:
    """A period of one segment, what it is judged from, and what is said of it."""
    of = segment_of(deployment, name, column=column, work=work)
    seen, references = segment_view(deployment, of, start=start, end=end, work=work, places=assembly.places)
    found = known(deployment, seen, start=start, end=end, work=work, places=assembly.places)
    return seen, found, {"column": of.of.column, "segment": of.label, "sentence": references.sentence}
