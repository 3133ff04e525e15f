"""What is behind a drift."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from watchkeeper.access.role import Right
from watchkeeper.monitoring.causes.cause import Cause
from watchkeeper.monitoring.causing import DAYS_BEFORE, causes_of
from watchkeeper.monitoring.days import days_between, moved
from watchkeeper.monitoring.drifting import view
from watchkeeper.monitoring.findings import findings_of
from watchkeeper.monitoring.listing_segments import concentrations, declared, segments_in
from watchkeeper.monitoring.segment_views import prepare_references
from watchkeeper.monitoring.verdicts import known, verdicts
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.monitoring import Days, End, Start, the_period
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])


@router.get("/deployments/{deployment}/drift/causes", **needs(Right.READ))
def get_causes(
    deployment: str, assembly: TheAssembly, days: Days = None, start: Start = None, end: End = None
) -> dict[str, Any]:
    """The features that have drifted in the period, the most important first: since when, by which values, and how much
    the champion hangs on them, each in a sentence."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        long = view(found, start=moved(first, -DAYS_BEFORE), end=last, work=work, places=assembly.places)
        seen = long.since(first)
        faults = findings_of(found, start=first, end=last, work=work)
        of = known(found, seen, start=first, end=last, work=work, places=assembly.places)
        listed = segments_behind(found, start=first, end=last, work=work, assembly=assembly)
    said = verdicts(seen, of, days=len(days_between(first, last)))
    where = concentrations(listed)
    items = [show_cause(each) for each in causes_of(long, said, faults, start=first, where=where)]
    return {"start": first, "end": last, "items": items}


def segments_behind(
    deployment: Deployment, *, start: str, end: str, work: Work, assembly: Assembly
) -> dict[str, Any] | None:
    """How all segments fare; None where no feature is the segment."""
    of, now, places = declared(deployment, work=work), assembly.clock.now(), assembly.places
    if of is None:
        return None
    prepare_references(deployment, of, work=work, places=places)
    return segments_in(deployment, of, start=start, end=end, now=now, work=work, places=places)


def show_cause(of: Cause) -> dict[str, Any]:
    known = of.suspect
    return {
        "column": known.column,
        "sentence": of.sentence,
        "nature": of.nature.value,
        "fault": known.evidence.fault if known.evidence else None,
        "weight": of.weight,
        "importance": known.importance,
        "effect": asdict(known.effect),
        "began": asdict(known.began) if known.began else None,
        "segment": asdict(known.segment) if known.segment else None,
        "parts": [asdict(each) for each in known.parts],
    }
