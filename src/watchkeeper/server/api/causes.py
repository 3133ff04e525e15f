"""What is behind a drift."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter

from watchkeeper.access.role import Right
from watchkeeper.monitoring.behind.attributing import Swapped, swap, to_swap
from watchkeeper.monitoring.behind.causing import DAYS_BEFORE, causes_of, drifted_features
from watchkeeper.monitoring.behind.season import season_of
from watchkeeper.monitoring.causes.cause import Cause
from watchkeeper.monitoring.causes.swapping import Moved
from watchkeeper.monitoring.days import days_between, moved
from watchkeeper.monitoring.drift.effect import QUANTILE
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.references.drifting import View, view
from watchkeeper.monitoring.segments.listing_segments import concentrations, declared, segments_in
from watchkeeper.monitoring.soundness.findings import Findings, findings_of
from watchkeeper.monitoring.verdicts.verdicts import Baseline, Verdicts, known, verdicts
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.period import Period, ThePeriod
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])
PATH = "/deployments/{deployment}/drift/causes"


@dataclass(frozen=True)
class Seen:
    """What a period's causes are read from; `long` begins before it."""

    deployment: Deployment
    start: str
    end: str
    long: View
    faults: Findings
    said: Verdicts
    listed: dict[str, Any] | None
    season: Mapping[str, Floats] | None

    def causes(self, swapped: Swapped | None) -> dict[str, Any]:
        where = concentrations(self.listed)
        found = causes_of(
            self.long, self.said, self.faults, start=self.start, where=where, swapped=swapped, season=self.season
        )
        items = [show_cause(each) for each in found]
        judged = None if self.listed is None else self.listed["judged"] is not None
        beside = {"swapped": show_swapped(swapped), "segments_judged": judged}
        return {"start": self.start, "end": self.end, "items": items, **beside}


@router.get(PATH, **needs(Right.READ))
def get_causes(deployment: str, assembly: TheAssembly, period: ThePeriod) -> dict[str, Any]:
    """The features that have drifted in the period, the most important first: since when, by which values, and how much
    the champion hangs on them, each in a sentence. Where the worker has yet to judge these days by segment,
    `segments_judged` is false, and no cause names one."""
    return _seen(deployment, assembly, period=period).causes(None)


@router.get(f"{PATH}/swap", **needs(Right.READ_ROWS))
def swap_causes(deployment: str, assembly: TheAssembly, period: ThePeriod) -> dict[str, Any]:
    """The same, and by how much each has moved the mean prediction: the champion is asked again about some hundred raw
    rows of the period with that feature's values from rows of the reference. Inputs that are not journalled in full are
    left aside."""
    seen = _seen(deployment, assembly, period=period)
    return seen.causes(swapped_in(seen.deployment, seen.said, start=seen.start, end=seen.end, assembly=assembly))


def swapped_in(deployment: Deployment, said: Verdicts, *, start: str, end: str, assembly: Assembly) -> Swapped:
    """Raise NothingToSwap, ModelGone, ReferenceGone, ModelBroken, RuntimeDiffers, JournalRewritten, SwapBusy or
    SwapTooLong."""
    season = said.baseline is Baseline.SEASON
    with assembly.store.look() as work:
        asked = to_swap(
            deployment,
            drifted_features(said),
            season=season,
            start=start,
            end=end,
            work=work,
            places=assembly.places,
        )
    with assembly.swapping.take():
        return swap(asked)


def _seen(deployment: str, assembly: Assembly, *, period: Period) -> Seen:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        long = view(found, start=moved(first, -DAYS_BEFORE), end=last, work=work, places=assembly.places)
        seen = long.since(first)
        faults = findings_of(found, start=first, end=last, work=work)
        of = known(found, seen, start=first, end=last, work=work, places=assembly.places)
        listed = segments_behind(found, start=first, end=last, work=work, assembly=assembly)
    said = verdicts(seen, of, days=len(days_between(first, last)))
    return Seen(found, first, last, long, faults, said, listed, season_of(of) if said.drifted else None)


def segments_behind(
    deployment: Deployment, *, start: str, end: str, work: Work, assembly: Assembly
) -> dict[str, Any] | None:
    """How all segments fare; None where no feature is the segment."""
    of, now, places = declared(deployment, work=work), assembly.clock.now(), assembly.places
    if of is None:
        return None
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
        "moved": _moved(known.moved) if known.moved else None,
    }


def _moved(of: Moved) -> dict[str, Any]:
    margin = QUANTILE * of.error
    interval = {"low": of.alone - margin, "high": of.alone + margin}
    return {"alone": of.alone, **interval, "distance": of.distance, "part": of.part}


def show_swapped(of: Swapped | None) -> dict[str, Any] | None:
    if of is None:
        return None
    margin = QUANTILE * of.whole.error
    return {
        "sentence": of.sentence,
        "champion": of.champion,
        "rows": of.rows,
        "whole": of.whole.moved,
        "low": of.whole.moved - margin,
        "high": of.whole.moved + margin,
        "rest": of.rest,
        "probability": of.whole.probability,
        "left_aside": list(of.left_aside),
    }
