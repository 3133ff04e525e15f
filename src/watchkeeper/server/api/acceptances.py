"""Drift that is known: accepted, withdrawn, and by whom."""

from collections.abc import Sequence
from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.monitoring.acceptance import Acceptance, replaced
from watchkeeper.monitoring.verdicts.accepting import accept, withdraw
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])
PATH = "/deployments/{deployment}/drift/acceptances"


class AcceptanceWanted(BaseModel):
    """`columns` are features, or `prediction of the champion`. From `since` on they are held against the rows of
    `since` to `through`, by default the last day that is over."""

    model_config = ConfigDict(extra="forbid")
    columns: list[str]
    since: date
    through: date | None = None
    because: str


class AcceptanceShown(BaseModel):
    """Days from `since` on are held against the rows of `since` to `through`, until it was withdrawn, or up to the day
    before `replaced`, from which on newer ones hold of all its columns; it never held where that is `since`."""

    number: int
    columns: list[str]
    since: date
    through: date
    because: str
    accepted_by: str
    at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    replaced: date | None
    sentence: str


@router.get(PATH, **needs(Right.READ))
def get_drift_acceptances(deployment: str, assembly: TheAssembly) -> Page[AcceptanceShown]:
    """Every one that was said, newest first, withdrawn ones too."""
    with assembly.store.look() as work:
        said = work.acceptances.all(the_deployment(deployment, work).id)
    return Page(items=show_acceptances(said), next=None)


@router.post(PATH, status_code=201, **needs(Right.WRITE))
def post_drift_acceptance(
    deployment: str, wanted: AcceptanceWanted, permit: ThePermit, assembly: TheAssembly
) -> AcceptanceShown:
    """This drift is known: days from `since` on are judged again, against these rows, and no alarm is raised by it."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        return show_acceptance(accepted(found, wanted, permit=permit, work=work, assembly=assembly))


@router.post(f"{PATH}/{{number}}/withdraw", **needs(Right.WRITE))
def withdraw_drift_acceptance(
    deployment: str, number: int, permit: ThePermit, assembly: TheAssembly
) -> AcceptanceShown:
    """Days from its first on are judged again, as without it, and no alarm is raised by it. The entry stays."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        return show_acceptance(withdraw(found, number, permit=permit, work=work, clock=assembly.clock))


def accepted(
    deployment: Deployment, wanted: AcceptanceWanted, *, permit: Permit, work: Work, assembly: Assembly
) -> Acceptance:
    return accept(
        deployment,
        wanted.columns,
        since=wanted.since.isoformat(),
        through=wanted.through.isoformat() if wanted.through else None,
        because=wanted.because,
        permit=permit,
        work=work,
        places=assembly.places,
        clock=assembly.clock,
    )


def show_acceptances(said: Sequence[Acceptance]) -> list[AcceptanceShown]:
    """All of a deployment's, of which newer ones may replace older ones."""
    days = replaced(said)
    return [show_acceptance(each, replaced=days.get(each.number)) for each in said]


def show_acceptance(each: Acceptance, *, replaced: str | None = None) -> AcceptanceShown:
    return AcceptanceShown(
        number=each.number,
        columns=list(each.columns),
        since=date.fromisoformat(each.since),
        through=date.fromisoformat(each.through),
        because=each.because,
        accepted_by=each.accepted_by,
        at=each.at,
        withdrawn_by=each.withdrawn.by if each.withdrawn else None,
        withdrawn_at=each.withdrawn.at if each.withdrawn else None,
        replaced=date.fromisoformat(replaced) if replaced else None,
        sentence=each.sentence,
    )
