from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged
from watchkeeper.server.api.serving import (
    ServedModel,
    SplitShown,
    SplitWanted,
    served_model,
    show_settings,
    the_deployment,
)
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment, Release, Role
from watchkeeper.serving.errors import ActionIncomplete
from watchkeeper.serving.releasing import Order, challenge, change, promote, roll_back, swap
from watchkeeper.serving.setting import SETTINGS, changing
from watchkeeper.storage.work import Work

router = APIRouter(tags=["releases"])


class ReleaseWanted(BaseModel):
    """`keep` belongs to promote (the old champion becomes the challenger), `challenger` to challenge (null: none),
    the settings (`type_policy` and so on) to change, `to` to roll_back (a number; the one before the present without).
    `expected` is the release that was looked at: with another in force, nothing is done."""

    action: Literal["promote", "swap", "challenge", "change", "roll_back"]
    reason: str = ""
    expected: int | None = None
    keep: bool = False
    challenger: str | None = None
    type_policy: str | None = None
    access: str | None = None
    threshold: float | None = None
    shadow: float | None = None
    split: SplitWanted | None = None
    isolation: str | None = None
    to: int | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """Those that are to change."""
        return changing(self.model_dump(include=self.model_fields_set & set(SETTINGS)))


class ReleaseShown(BaseModel):
    """`run` is the id of the pipeline's run that made it, null where a person did."""

    number: int
    kind: str
    champion: ServedModel
    challenger: ServedModel | None
    type_policy: str
    access: str
    threshold: float
    shadow: float
    split: SplitShown | None
    isolation: str
    created: datetime
    created_by: str
    reason: str
    in_force: bool
    run: str | None


@router.get("/deployments/{deployment}/releases", **needs(Right.READ))
def list_releases(
    deployment: str, assembly: TheAssembly, limit: Limit = 100, cursor: Cursor = None
) -> Page[ReleaseShown]:
    """Newest first."""
    with assembly.store.look() as work:
        found = work.deployments.releases(the_deployment(deployment, work).id)
        before = int(cursor) if cursor and cursor.isdecimal() else len(found) + 1
        older = [each for each in reversed(found) if each.number < before]
        present = found[-1].number
        return paged(
            older[: limit + 1],
            limit=limit,
            show=lambda each: show_release(each, present=present, work=work),
            cursor=lambda each: str(each.number),
        )


@router.post("/deployments/{deployment}/releases", status_code=201, **needs(Right.WRITE))
def create_release(deployment: str, wanted: ReleaseWanted, permit: ThePermit, assembly: TheAssembly) -> ReleaseShown:
    """Promote, swap, challenge, change or roll back. The planes serve the release within a second, once its models
    are loaded and warm."""
    with assembly.store.work() as work:
        release = make_release(the_deployment(deployment, work), wanted, permit=permit, work=work, assembly=assembly)
        return show_release(release, present=release.number, work=work)


def make_release(
    deployment: Deployment, wanted: ReleaseWanted, *, permit: Permit, work: Work, assembly: Assembly
) -> Release:
    order = Order(
        permit=permit,
        reason=wanted.reason,
        expected=wanted.expected,
        experiments=work.experiments,
        datasets=work.datasets,
        deployments=work.deployments,
        generations=work.generations,
        places=assembly.places,
        clock=assembly.clock,
    )
    match wanted.action:
        case "promote":
            return promote(deployment, keep=wanted.keep, order=order)
        case "swap":
            return swap(deployment, order=order)
        case "challenge":
            if "challenger" not in wanted.model_fields_set:
                raise ActionIncomplete("Say which model is to challenge, or null for none.", fields=("challenger",))
            return challenge(deployment, wanted.challenger, order=order)
        case "change":
            if not wanted.settings:
                raise ActionIncomplete(f"Say what is to change: {', '.join(SETTINGS)}.", fields=tuple(SETTINGS))
            return change(deployment, order=order, **wanted.settings)
        case "roll_back":
            return roll_back(deployment, to=wanted.to, order=order)


def show_release(release: Release, *, present: int, work: Work) -> ReleaseShown:
    champion = served_model(release.champion, work)
    if champion is None:
        raise LookupError(f"release {release.number} of {release.deployment} has no champion")
    maker = maker_of(release, work)
    return ReleaseShown(
        number=release.number,
        kind=release.kind,
        champion=champion,
        challenger=served_model(release.model(Role.CHALLENGER), work),
        **show_settings(release),
        created=release.created,
        created_by=maker,
        reason=release.reason,
        in_force=release.number == present,
        run=release.run.partition("/")[0] if release.run else None,
    )


def maker_of(release: Release, work: Work) -> str:
    """The person's name, or the run's."""
    run = work.runs.get(release.run.partition("/")[0]) if release.run else None
    pipeline = work.pipelines.get(run.pipeline) if run else None
    if run is not None and pipeline is not None:
        return f"run {run.number} of {pipeline.name}"
    user = work.users.get(release.created_by)
    return user.name if user else release.created_by
