"""Has it drifted: verdicts and distances, of a period and of its days."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.charts.apart import apart_chart
from watchkeeper.charts.drift import drift_chart
from watchkeeper.monitoring.days import PeriodRefused, days_between
from watchkeeper.monitoring.ports import DayVerdicts
from watchkeeper.monitoring.references.against import USUAL, Against
from watchkeeper.monitoring.references.drifting import Drift, View, drift
from watchkeeper.monitoring.references.global_drift import GlobalDrift
from watchkeeper.monitoring.references.trailing import LENGTHS
from watchkeeper.monitoring.segments.segment_views import Segment, segment_view
from watchkeeper.monitoring.verdicts.verdicts import Baseline, Known, Verdicts, columns_of, known, of_days, verdicts
from watchkeeper.server.api.distances import show_distances
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.monitoring import TheAgainst, prepare, show_against, the_view
from watchkeeper.server.api.period import Period, ThePeriod
from watchkeeper.server.api.quick import Quick
from watchkeeper.server.api.segments import Part, ThePart
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.api.together import show_days_together
from watchkeeper.server.api.verdicts import labels_of, show_apart, show_global, show_verdicts
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])
HeldAgainst = Annotated[
    Baseline | None,
    Query(
        description="What of the reference the period is held against: `season`, its rows of the same months, hours "
        "and weekends or not; or `whole`, all of them. Without, the season where the reference covers a year."
    ),
]


@router.get("/deployments/{deployment}/drift", response_class=Quick, **needs(Right.READ))
def get_drift(
    deployment: str,
    assembly: TheAssembly,
    period: ThePeriod,
    against: TheAgainst,
    part: ThePart,
    baseline: HeldAgainst = None,
) -> Response:
    """How far production is from the reference, and the verdict on it: of the period as one window, and day by day.
    Held against anything but training, or of one segment, days have distances and no verdicts."""
    if part.segment is None:
        return Quick(read_drift(deployment, assembly, period, against, baseline))
    return Quick(read_drift_of_segment(deployment, assembly, period, against, part))


@router.get("/deployments/{deployment}/drift/chart", **needs(Right.READ))
def get_drift_chart(
    deployment: str, assembly: TheAssembly, period: ThePeriod, against: TheAgainst, part: ThePart
) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    prepare(lambda work: the_deployment(deployment, work), against, assembly)
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        span = {"start": first, "end": last}
        if against.usual and part.segment is None:
            return drift_chart(show_days_together(found, work, assembly, **span))
        of = segment_asked_for(found, part, against, work)
        if of is None:
            seen = the_view(found, work, assembly, **span, against=against)
        else:
            seen, _ = segment_view(found, of, **span, work=work, places=assembly.places)
    return drift_chart(show_distances(drift(seen, **span)))


@router.get("/deployments/{deployment}/drift/multivariate/chart", **needs(Right.READ))
def get_multivariate_chart(deployment: str, assembly: TheAssembly, period: ThePeriod) -> dict[str, Any]:
    """How well the rows of the last days are told from the reference's, as a Vega-Lite specification."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        told = work.samples.told(found.id, start=first, end=last)
    return apart_chart([show_apart(each) for each in told])


def read_drift(
    deployment: str, assembly: Assembly, period: Period, against: Against, baseline: Baseline | None
) -> dict[str, Any]:
    if baseline is not None and not against.usual:
        message = f"The reference's {baseline} is of training; hold the period against that, or leave out the baseline."
        raise PeriodRefused(message, fields=("baseline", "against"))
    prepare(lambda work: the_deployment(deployment, work), against, assembly)
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        seen = the_view(found, work, assembly, start=first, end=last, against=against)
        of = known(found, seen, start=first, end=last, work=work, places=assembly.places, baseline=baseline)
        told = work.samples.told(found.id, start=first, end=last) if against.usual else []
        labels = labels_of(found, work, start=first, end=last) if against.usual else None
    apart = [show_apart(each) for each in told]
    beside = {"multivariate": apart, "labels": labels, "against": show_against(seen.against)}
    return {**drift_of(seen, of, start=first, end=last), **beside}


def read_drift_of_segment(
    deployment: str, assembly: Assembly, period: Period, against: Against, part: Part
) -> dict[str, Any]:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        span = {"start": first, "end": last}
        of = segment_asked_for(found, part, against, work)
        assert of is not None  # noqa: S101
        seen, references = segment_view(found, of, **span, work=work, places=assembly.places)
        judged = known(found, seen, start=first, end=last, work=work, places=assembly.places)
    told = {"column": of.of.column, "segment": of.label, "sentence": references.sentence}
    beside: dict[str, Any] = {"multivariate": [], "labels": None, "against": show_against(USUAL), "segment": told}
    return {**drift_of(seen, judged, **span), **beside}


def segment_asked_for(deployment: Deployment, part: Part, against: Against, work: Work) -> Segment | None:
    of = part.of(deployment, work)
    if of is not None and not against.usual:
        message = "A segment is held against the same segment of the reference, and not against another period."
        raise PeriodRefused(message, fields=("segment", "against"))
    return of


def drift_of(seen: View, of: Known, *, start: str, end: str) -> dict[str, Any]:
    said = verdicts(seen, of, days=len(days_between(start, end)))
    return show_drift(drift(seen, start=start, end=end), said)


def show_drift(found: Drift, said: Verdicts) -> dict[str, Any]:
    issued = {each.day: each for each in said.days}
    names = [each.name for each in columns_of(said.watch)]
    shown = show_distances(found)
    judged = _judged(said, names)
    days = [
        {
            **_with_global(day, said.overall_by_day.get(day["day"], {})),
            **show_day(issued.get(day["day"]), judged),
            "windows": _windows(day["day"], judged),
        }
        for day in shown["days"]
    ]
    return {**shown, "total": _with_global(shown["total"], said.overall), "days": days, **show_verdicts(said)}


def _with_global(roles: Mapping[str, Any], found: Mapping[Role, GlobalDrift]) -> dict[str, Any]:
    """Of each role that has rows."""
    together = {
        role: show_global(of, role) if (of := found.get(role)) and roles[role]["rows"] else None for role in Role
    }
    return {**roles, **{role.value: {**roles[role], "global_drift": together[role]} for role in Role}}


Judged = Mapping[tuple[str, int], Mapping[str, Any]]
"""The verdict on each window, by its last day and how many it has."""


def _judged(said: Verdicts, names: Sequence[str]) -> Judged:
    windows = [*said.days, *said.longer]
    found = zip(windows, of_days(windows), strict=True)
    return {
        (each.day, each.days): {"verdict": verdict, "drifted": [names[place] for place in places]}
        for each, (verdict, places) in found
    }


def show_day(issued: DayVerdicts | None, judged: Judged) -> dict[str, Any]:
    """What was said of a day; nothing before it was judged."""
    if issued is None:
        return {"verdict": None, "drifted": [], "revision": None, "late_rows": 0, "policy": None}
    said = {"revision": issued.revision, "late_rows": issued.late, "policy": issued.policy}
    return {**judged[issued.day, issued.days], **said}


def _windows(day: str, judged: Judged) -> list[dict[str, Any]]:
    """Of the windows of several days that a day ends."""
    return [{"days": length, **judged[day, length]} for length in LENGTHS if length > 1 and (day, length) in judged]
