"""How a column was spread, hour by hour, day by day or month by month."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from watchkeeper.access.role import Right
from watchkeeper.charts.profiles import profiles_chart
from watchkeeper.monitoring.segments.profiles import ProfileGrain, Profiles, profiles
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.period import ThePeriod
from watchkeeper.server.api.segments import ThePart
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.serving.deployment import Role

router = APIRouter(tags=["monitoring"])
Column = Annotated[str, Query(description="A feature, or `prediction`.")]
Grain = Annotated[ProfileGrain, Query(description="Of hours up to 31 days are shown.")]
OfRelease = Annotated[int | None, Query(ge=1, description="Only rows that this release answered; else all.")]
OfRole = Annotated[Role, Query(description="Whose predictions; features are the champion's.")]


def read_profiles(
    deployment: str,
    column: Column,
    assembly: TheAssembly,
    period: ThePeriod,
    part: ThePart,
    by: Grain = ProfileGrain.DAY,
    role: OfRole = Role.CHAMPION,
    release: OfRelease = None,
) -> dict[str, Any]:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        of = part.of(found, work)
        shown = profiles(
            found,
            column,
            by=by,
            role=role,
            start=first,
            end=last,
            release=release,
            segment=of,
            work=work,
            places=assembly.places,
        )
    told = None if of is None else {"column": of.of.column, "segment": of.label}
    return {"start": first, "end": last, "release": release, "segment": told, **show_profiles(shown)}


TheProfiles = Annotated[dict[str, Any], Depends(read_profiles)]


@router.get("/deployments/{deployment}/profiles", **needs(Right.READ))
def get_profiles(found: TheProfiles) -> dict[str, Any]:
    """Counts of a column's values in the bins of its reference, a stretch of time each; they add up."""
    return found


@router.get("/deployments/{deployment}/profiles/chart", **needs(Right.READ))
def get_profiles_chart(found: TheProfiles) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    return profiles_chart(found)


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
