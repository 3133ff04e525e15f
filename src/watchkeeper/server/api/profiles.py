"""How a column was spread, hour by hour, day by day or month by month."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from watchkeeper.access.role import Right
from watchkeeper.charts.profiles import profiles_chart
from watchkeeper.monitoring.profiles import By, Profiles, profiles
from watchkeeper.monitoring.segment_views import segment_of as the_segment
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.monitoring import Days, End, Start, the_period
from watchkeeper.server.api.segments import OfColumn, OfSegment
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Role

router = APIRouter(tags=["monitoring"])
Column = Annotated[str, Query(description="A feature, or `prediction`.")]
Grain = Annotated[By, Query(description="Of hours up to 31 days are shown.")]
OfRelease = Annotated[int | None, Query(ge=1, description="Only rows that this release answered; else all.")]
OfRole = Annotated[Role, Query(description="Whose predictions; features are the champion's.")]


@router.get("/deployments/{deployment}/profiles", **needs(Right.READ))
def get_profiles(
    deployment: str,
    column: Column,
    assembly: TheAssembly,
    by: Grain = By.DAY,
    role: OfRole = Role.CHAMPION,
    days: Days = None,
    start: Start = None,
    end: End = None,
    release: OfRelease = None,
    segment: OfSegment = None,
    segment_of: OfColumn = None,
) -> dict[str, Any]:
    """Counts of a column's values in the bins of its reference, a stretch of time each; they add up."""
    part: dict[str, Any] = {"release": release, "segment": segment, "segment_of": segment_of}
    return read_profiles(deployment, column, assembly, by=by, role=role, days=days, start=start, end=end, **part)


@router.get("/deployments/{deployment}/profiles/chart", **needs(Right.READ))
def get_profiles_chart(
    deployment: str,
    column: Column,
    assembly: TheAssembly,
    by: Grain = By.DAY,
    role: OfRole = Role.CHAMPION,
    days: Days = None,
    start: Start = None,
    end: End = None,
    release: OfRelease = None,
    segment: OfSegment = None,
    segment_of: OfColumn = None,
) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    part: dict[str, Any] = {"release": release, "segment": segment, "segment_of": segment_of}
    span: dict[str, Any] = {"days": days, "start": start, "end": end}
    return profiles_chart(read_profiles(deployment, column, assembly, by=by, role=role, **span, **part))


def read_profiles(
    deployment: str,
    column: str,
    assembly: Assembly,
    *,
    by: By,
    role: Role,
    days: int | None,
    start: date | None,
    end: date | None,
    release: int | None = None,
    segment: str | None = None,
    segment_of: str | None = None,
) -> dict[str, Any]:
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        span: dict[str, Any] = {"start": first, "end": last}
        of = None if segment is None else the_segment(found, segment, column=segment_of, work=work)
        part: dict[str, Any] = {"release": release, "segment": of}
        shown = profiles(found, column, by=by, role=role, **span, **part, work=work, places=assembly.places)
    told = None if of is None else {"column": of.of.column, "segment": of.label}
    return {**span, "release": release, "segment": told, **show_profiles(shown)}


def show_profiles(found: Profiles) -> dict[str, Any]:
    bins = found.bins
    groups = zip(bins.group_labels(), bins.groups(), strict=True)
    return {
        "column": bins.column.name,
        "kind": bins.column.kind.value,
        "by": found.by.value,
        "role": found.role.value,
        "time_zone": found.time_zone,
        "bins": bins.labels(),
        "groups": [{"label": label, "bins": places} for label, places in groups],
        "reference": found.reference.tolist(),
        "profiles": [{"start": each.start, "rows": each.rows, "counts": each.counts.tolist()} for each in found.found],
    }
