"""For how long a deployment's raw rows are kept."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, WithJsonSchema

from watchkeeper.access.role import Right
from watchkeeper.monitoring.keeping.retaining import held, keep
from watchkeeper.monitoring.retention import LEAST_BYTES, MOST_BYTES, MOST_DAYS, Said, known_retention
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["journal"])
PATH = "/deployments/{deployment}/journal/retention"


def _number(least: int, most: int) -> Any:
    """In the contract a whole number or null; what else comes is refused by the name that a wrong number has."""
    return WithJsonSchema({"anyOf": [{"type": "integer", "minimum": least, "maximum": most}, {"type": "null"}]})


class RetentionWanted(BaseModel):
    """`days` after rows came, and `bytes` of the journal's files; null sets no end."""

    model_config = ConfigDict(extra="forbid")
    days: Annotated[Any, _number(1, MOST_DAYS)] = None
    bytes: Annotated[Any, _number(LEAST_BYTES, MOST_BYTES)] = None


class RetentionShown(BaseModel):
    """`days` and `bytes` are what holds: the deployment's own rule, or (`own` is false) the installation's; `since` and
    `set_by` tell of what was last said of this deployment. `rows_kept` and `bytes_kept` are those of both roles, of
    which `rows_going` go within a minute or so; `rows_gone` and `bytes_gone` have gone. All that came since
    `kept_since` are kept; null where nothing has gone."""

    days: int | None
    bytes: int | None
    own: bool
    since: datetime | None
    set_by: str | None
    rows_kept: int
    bytes_kept: int
    rows_going: int
    rows_gone: int
    bytes_gone: int
    kept_since: datetime | None


class RetentionSaid(BaseModel):
    """`own` is false where the installation's rule was to hold again."""

    days: int | None
    bytes: int | None
    own: bool
    since: datetime
    set_by: str


@router.get(PATH, **needs(Right.READ))
def get_retention(deployment: str, assembly: TheAssembly) -> RetentionShown:
    """For how long raw rows are kept, how much there is, and what has gone."""
    with assembly.store.look() as work:
        return show_retention(the_deployment(deployment, work), work, assembly)


@router.put(PATH, **needs(Right.MANAGE))
def put_retention(deployment: str, wanted: RetentionWanted, permit: ThePermit, assembly: TheAssembly) -> RetentionShown:
    """Rows beyond the rule go within a minute or so, in both roles and for good. Profiles, usage, scores and labels
    stay."""
    retention = known_retention(wanted.days, wanted.bytes)
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        keep(found, retention, permit=permit, work=work, clock=assembly.clock)
        return show_retention(found, work, assembly)


@router.delete(PATH, status_code=204, **needs(Right.MANAGE))
def delete_retention(deployment: str, permit: ThePermit, assembly: TheAssembly) -> None:
    """Let the installation's rule hold again."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        keep(found, None, permit=permit, work=work, clock=assembly.clock)


@router.get(f"{PATH}/history", **needs(Right.READ))
def get_retention_history(deployment: str, assembly: TheAssembly) -> Page[RetentionSaid]:
    """Every rule that was set, newest first: who and when."""
    with assembly.store.look() as work:
        said = work.retentions.said(the_deployment(deployment, work).id)
    return Page(items=[_shown(each) for each in said], next=None)


def show_retention(deployment: Deployment, work: Work, assembly: Assembly) -> RetentionShown:
    found = held(deployment, usual=assembly.retention, now=assembly.clock.now(), work=work)
    return RetentionShown(
        days=found.retention.days,
        bytes=found.retention.bytes,
        own=found.own,
        since=found.said.since if found.said else None,
        set_by=found.said.set_by if found.said else None,
        rows_kept=found.rows,
        bytes_kept=found.bytes,
        rows_going=found.going,
        rows_gone=found.gone.rows if found.gone else 0,
        bytes_gone=found.gone.bytes if found.gone else 0,
        kept_since=found.gone.since if found.gone else None,
    )


def _shown(said: Said) -> RetentionSaid:
    rule = said.retention
    return RetentionSaid(
        days=rule.days if rule else None,
        bytes=rule.bytes if rule else None,
        own=rule is not None,
        since=said.since,
        set_by=said.set_by,
    )
