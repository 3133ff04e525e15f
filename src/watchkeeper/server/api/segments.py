"""By which feature rows are counted apart, and how its segments fare."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from watchkeeper.access.role import Right
from watchkeeper.charts.segments import segments_chart
from watchkeeper.monitoring.collecting.segmenting import choices, segment_by
from watchkeeper.monitoring.segment import SegmentSaid, in_force
from watchkeeper.monitoring.segments.listing_segments import segments_in
from watchkeeper.monitoring.segments.segment_views import Segment, segment_of, segmented
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.api.period import ThePeriod
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])
PATH = "/deployments/{deployment}/segment"
OfColumn = Annotated[str | None, Query(description="The feature; that which is or last was the segment, without.")]
OfSegment = Annotated[str | None, Query(description="Only rows of this segment, by its name; else all.")]


@dataclass(frozen=True)
class Part:
    """The rows that are asked for: all, or those of a segment of the column."""

    segment: str | None = None
    column: str | None = None

    def of(self, deployment: Deployment, work: Work) -> Segment | None:
        """None for all. Raise NoSegment."""
        if self.segment is None and self.column is None:
            return None
        return segment_of(deployment, self.segment or "", column=self.column, work=work)


def part_asked_for(segment: OfSegment = None, segment_of: OfColumn = None) -> Part:
    return Part(segment, segment_of)


ThePart = Annotated[Part, Depends(part_asked_for)]


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
    with assembly.store.look() as work:
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


def read_segments(deployment: str, assembly: TheAssembly, period: ThePeriod, column: OfColumn = None) -> dict[str, Any]:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        return show_segments(found, column, work, assembly, start=first, end=last)


TheSegments = Annotated[dict[str, Any], Depends(read_segments)]


@router.get("/deployments/{deployment}/segments", **needs(Right.READ))
def get_segments(found: TheSegments) -> dict[str, Any]:
    """All segments beside each other, the most concerning first: rows, share, share in the reference, and the verdict
    on each against the same segment of the reference. Where these are many, and the worker keeps no list of these days,
    `judged` is null and there are rows alone; it judges them now, and has within seconds."""
    return found


@router.get("/deployments/{deployment}/segments/chart", **needs(Right.READ))
def get_segments_chart(found: TheSegments) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    return segments_chart(found)


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
