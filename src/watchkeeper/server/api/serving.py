from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.alerts.starting import start_rules
from watchkeeper.monitoring.collecting.segmenting import segment_by
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deploying import deploy
from watchkeeper.serving.deployment import Deployment, Release, Role
from watchkeeper.serving.errors import NoDeployment
from watchkeeper.serving.setting import SETTINGS, changing
from watchkeeper.storage.work import Work

router = APIRouter(tags=["deployments"])


class StageWanted(BaseModel):
    """`after` in seconds, or such as `30m`, `6h`, `2d`."""

    after: float | str
    share: float


class SplitWanted(BaseModel):
    """Which share of the calls the challenger answers, told apart by a column of the row or a header of the call (by
    neither, each call for itself), and how that share grows."""

    share: float
    column: str | None = None
    header: str | None = None
    ramp: list[StageWanted] = []


class StageShown(BaseModel):
    after: float
    share: float


class SplitShown(BaseModel):
    """`begun` is when its ramp began."""

    share: float
    column: str | None
    header: str | None
    ramp: list[StageShown]
    begun: datetime
    sentence: str


class DeploymentWanted(BaseModel):
    name: str
    champion: str
    challenger: str | None = None
    time_zone: str | None = None
    type_policy: str = "best_effort"
    threshold: float = 0.5
    shadow: float = 1.0
    split: SplitWanted | None = None
    isolation: str = "shared"
    segment: str | None = None


class ServedModel(BaseModel):
    model: str
    learner: str
    experiment: str
    version: int
    runtime: str | None
    runtime_difference: float | None


class DeploymentShown(BaseModel):
    id: str
    project: str
    name: str
    slug: str
    address: str
    url: str
    time_zone: str
    type_policy: str
    access: str
    threshold: float
    shadow: float
    split: SplitShown | None
    isolation: str
    release: int
    champion: ServedModel
    challenger: ServedModel | None
    signature: Mapping[str, Any]
    created: datetime


@router.get("/projects/{project}/deployments", **needs(Right.READ))
def list_deployments(
    permit: ThePermit, assembly: TheAssembly, limit: Limit = 100, cursor: Cursor = None
) -> Page[DeploymentShown]:
    with assembly.store.look() as work:
        found = work.deployments.page(permit.project or "", after=cursor, limit=limit + 1)
        return paged(
            found,
            limit=limit,
            show=lambda deployment: show_deployment(deployment, work=work, assembly=assembly),
            cursor=lambda deployment: deployment.id,
        )


@router.post("/projects/{project}/deployments", status_code=201, **needs(Right.WRITE))
def create_deployment(wanted: DeploymentWanted, permit: ThePermit, assembly: TheAssembly) -> DeploymentShown:
    with assembly.store.work() as work:
        made = make_deployment(wanted, permit=permit, work=work, assembly=assembly)
        return show_deployment(made, work=work, assembly=assembly)


@router.get("/deployments/{deployment}", **needs(Right.READ))
def get_deployment(deployment: str, assembly: TheAssembly) -> DeploymentShown:
    """By id, or by address (`project.deployment`)."""
    with assembly.store.look() as work:
        return show_deployment(the_deployment(deployment, work), work=work, assembly=assembly)


def make_deployment(wanted: DeploymentWanted, *, permit: Permit, work: Work, assembly: Assembly) -> Deployment:
    deployment = deploy(
        wanted.name,
        champion=wanted.champion,
        challenger=wanted.challenger,
        time_zone=wanted.time_zone,
        settings=changing(wanted.model_dump(include=set(SETTINGS))),
        permit=permit,
        projects=work.projects,
        experiments=work.experiments,
        datasets=work.datasets,
        deployments=work.deployments,
        generations=work.generations,
        places=assembly.places,
        clock=assembly.clock,
    )
    start_rules(deployment, work=work, clock=assembly.clock)
    if wanted.segment:
        places, clock = assembly.places, assembly.clock
        segment_by(deployment, wanted.segment, permit=permit, work=work, places=places, clock=clock)
    return deployment


def the_deployment(deployment: str, work: Work) -> Deployment:
    found = work.deployments.get(deployment)
    if found is None:
        raise NoDeployment("There is no such deployment here.")
    return found


def show_deployment(deployment: Deployment, *, work: Work, assembly: Assembly) -> DeploymentShown:
    release = work.deployments.current(deployment.id)
    champion = work.experiments.model(release.champion)
    card = (champion.card if champion else None) or {}
    served = {role: served_model(release.model(role), work) for role in Role}
    return DeploymentShown(
        **{
            **vars(deployment),
            "url": f"{assembly.settings.predict_url}/v1/deployments/{deployment.address}/predict",
            **show_settings(release),
            "release": release.number,
            "champion": served[Role.CHAMPION],
            "challenger": served[Role.CHALLENGER],
            "signature": card.get("signature", {}),
        }
    )


def show_settings(release: Release) -> dict[str, Any]:
    """What it sets besides its models."""
    split = {**release.split.to_json(), "sentence": release.split.sentence} if release.split else None
    return {**{name: getattr(release, name) for name in SETTINGS}, "split": split}


def served_model(model: str | None, work: Work) -> ServedModel | None:
    found = work.experiments.model(model) if model else None
    version = work.experiments.version(found.version) if found else None
    if found is None or version is None:
        return None
    runtime = (found.card or {}).get("runtime", {})
    return ServedModel(
        model=found.id,
        learner=found.learner,
        experiment=version.experiment,
        version=version.number,
        runtime=runtime.get("name"),
        runtime_difference=runtime.get("largest_difference"),
    )
