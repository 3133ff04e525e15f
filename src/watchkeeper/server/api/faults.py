"""What broke in the data: as the worker found it day by day, and looked for in the rows of a period when asked."""

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.access.role import Right
from watchkeeper.monitoring.soundness.faulting import Found, look, to_look_at
from watchkeeper.monitoring.soundness.findings import Findings, findings_of
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.period import ThePeriod
from watchkeeper.server.api.serving import the_deployment

router = APIRouter(tags=["monitoring"])
PATH = "/deployments/{deployment}/faults"


class FaultShown(BaseModel):
    """`remaining` is how far the rows lie from the reference once the fault is undone, 0 to 1."""

    fault: str
    columns: list[str]
    sentence: str
    p_value: float
    remaining: float
    evidence: dict[str, float]


class FindingShown(FaultShown):
    """Found on each day that was looked at from the `first` to the `last`."""

    first: str
    last: str


class UntoldShown(BaseModel):
    """A day of which it can't be told whether the data broke, and why."""

    day: str
    why: str


class FindingsShown(BaseModel):
    """So many days of the period were looked at, having given occasion to: an input had drifted, broke a rule, or stood
    still. So many more are `waiting`: over, and not come to yet."""

    start: str
    end: str
    days: int
    waiting: int
    items: list[FindingShown]
    untold: list[UntoldShown]


class FaultsShown(BaseModel):
    """Looked for in so many `rows` of the whole period, some thousand at most; `by_day` is what the worker found on its
    days by themselves, of which a long period may show nothing."""

    start: str
    end: str
    rows: int
    faults: list[FaultShown]
    by_day: list[FindingShown]


@router.get(PATH, **needs(Right.READ))
def get_faults(deployment: str, assembly: TheAssembly, period: ThePeriod) -> FindingsShown:
    """What broke in the data of a period, as the worker found it on the days on which an input had drifted or broke its
    rule. No raw row is read."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        return show_findings(findings_of(found, start=first, end=last, work=work), start=first, end=last)


@router.get(f"{PATH}/look", **needs(Right.READ_ROWS))
def look_for_faults(deployment: str, assembly: TheAssembly, period: ThePeriod) -> FaultsShown:
    """What broke in the data, recognised now in some thousand raw rows of a period beside those of the reference;
    inputs that are not journalled in full are left aside."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        at = to_look_at(found, start=first, end=last, work=work, places=assembly.places)
        known = findings_of(found, start=first, end=last, work=work)
    looked = look(at) if at is not None else Found(0, ())
    faults = [FaultShown(**fault.plain()) for fault in looked.faults]
    by_day = [FindingShown(**each.plain()) for each in known.items]
    return FaultsShown(start=first, end=last, rows=looked.rows, faults=faults, by_day=by_day)


def show_findings(found: Findings, *, start: str, end: str) -> FindingsShown:
    return FindingsShown(
        start=start,
        end=end,
        days=len(found.looked),
        waiting=found.waiting,
        items=[FindingShown(**each.plain()) for each in found.items],
        untold=[UntoldShown(day=each.day, why=each.why) for each in found.untold],
    )
