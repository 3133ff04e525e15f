"""Pipelines and their versions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from watchkeeper.access.role import Right
from watchkeeper.pipelines.creating import (
    create_pipeline,
    create_pipeline_version,
    pause_pipeline,
    pipeline_of,
    remove_pipeline,
)
from watchkeeper.pipelines.errors import NoPipeline, PipelineRefused
from watchkeeper.pipelines.graphs import graph_of
from watchkeeper.pipelines.pipeline import ClockKind, Graph, Pipeline, PipelineVersion
from watchkeeper.pipelines.reading import parse_yaml, write_yaml
from watchkeeper.pipelines.schedule import next_tick
from watchkeeper.pipelines.telling_time import first_moment
from watchkeeper.pipelines.templates.retrain import NAME, retrain_definition
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.api.runs import RunBrief, brief
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.pipelining import folders_of
from watchkeeper.storage.work import Work

router = APIRouter(tags=["pipelines"])


class DefinitionWanted(BaseModel):
    """One of both: the definition as a document, or as YAML."""

    definition: Mapping[str, Any] | None = None
    yaml: str | None = None


class PipelineWanted(DefinitionWanted):
    name: str | None = Field(default=None, description="Without, the definition's own.")


class PipelineChange(BaseModel):
    paused: bool


class RetrainWanted(BaseModel):
    """`when` are rules or signals whose firing starts it; `source` are the fields of an import step other than the
    journal; `shadow` and `watch` are times by the pipeline's clock."""

    name: str | None = None
    cron: str | None = "0 3 1 * *"
    when: list[str] = ["drift", "verdicts", "performance"]
    clock: str = "wall"
    days: int | None = None
    source: dict[str, Any] | None = None
    budget: str = "2m"
    learners: list[str] = []
    shadow: str = "14d"
    watch: str = "14d"
    approval: bool = False


class StepShown(BaseModel):
    """`after` also has the steps that its fields refer to."""

    name: str
    kind: str
    after: list[str]
    fields: Mapping[str, Any]
    retries: int
    pause: float
    timeout: float | None


class VersionShownOfPipeline(BaseModel):
    number: int
    definition: Mapping[str, Any]
    yaml: str
    steps: list[StepShown]
    created: datetime
    created_by: str


class PipelineShown(BaseModel):
    """`next_tick` is by the pipeline's clock; null where it has no schedule, or is paused."""

    id: str
    project: str
    deployment: str | None
    name: str
    slug: str
    paused: bool
    clock: str
    schedule: Mapping[str, str] | None
    on_firing: Mapping[str, Any] | None
    parameters: Mapping[str, Any]
    next_tick: datetime | None
    last_run: RunBrief | None
    version: VersionShownOfPipeline
    created: datetime
    created_by: str


@router.get("/projects/{project}/pipelines", **needs(Right.READ))
def list_pipelines(permit: ThePermit, assembly: TheAssembly) -> Page[PipelineShown]:
    """By name."""
    with assembly.store.look() as work:
        found = work.pipelines.of_project(permit.project or "")
        return Page(items=[show_pipeline(each, work, assembly) for each in found], next=None)


@router.post("/projects/{project}/pipelines", status_code=201, **needs(Right.WRITE))
def post_pipeline(wanted: PipelineWanted, permit: ThePermit, assembly: TheAssembly) -> PipelineShown:
    """Checked before it is saved: what is wrong is named with its place. A step of kind python needs the right
    run_code."""
    with assembly.store.work() as work:
        made = create_pipeline(
            wanted.name,
            given(wanted),
            permit=permit,
            work=work,
            folders=folders_of(assembly),
            clock=assembly.clock,
        )
        return show_pipeline(made, work, assembly)


@router.get("/deployments/{deployment}/pipelines", **needs(Right.READ))
def list_pipelines_of_deployment(deployment: str, assembly: TheAssembly) -> Page[PipelineShown]:
    """Those that are about it, by name."""
    with assembly.store.look() as work:
        found = work.pipelines.of_deployment(the_deployment(deployment, work).id)
        return Page(items=[show_pipeline(each, work, assembly) for each in found], next=None)


@router.post("/deployments/{deployment}/retrain", status_code=201, **needs(Right.WRITE))
def post_retrain(deployment: str, wanted: RetrainWanted, permit: ThePermit, assembly: TheAssembly) -> PipelineShown:
    """The template: retrain monthly and when drifted, shadow, promote if better, watch, roll back if worse."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        asked = {**wanted.model_dump(exclude={"name"}), "when": tuple(wanted.when), "learners": tuple(wanted.learners)}
        made = create_pipeline(
            wanted.name or NAME.format(deployment=found.name),
            retrain_definition(found, **asked),
            permit=permit,
            work=work,
            folders=folders_of(assembly),
            clock=assembly.clock,
        )
        return show_pipeline(made, work, assembly)


@router.get("/pipelines/{pipeline}", **needs(Right.READ))
def get_pipeline(pipeline: str, assembly: TheAssembly) -> PipelineShown:
    with assembly.store.look() as work:
        return show_pipeline(pipeline_of(pipeline, work=work), work, assembly)


@router.patch("/pipelines/{pipeline}", **needs(Right.WRITE))
def patch_pipeline(pipeline: str, wanted: PipelineChange, assembly: TheAssembly) -> PipelineShown:
    """Pause it, or let it go on: ticks that pass meanwhile are let go by; runs that go on are not touched."""
    with assembly.store.work() as work:
        found = pipeline_of(pipeline, work=work)
        changed = pause_pipeline(found, paused=wanted.paused, work=work, clock=assembly.clock)
        return show_pipeline(changed, work, assembly)


@router.delete("/pipelines/{pipeline}", status_code=204, **needs(Right.WRITE))
def delete_pipeline(pipeline: str, assembly: TheAssembly) -> None:
    """Its runs can still be read."""
    with assembly.store.work() as work:
        remove_pipeline(pipeline_of(pipeline, work=work), work=work, clock=assembly.clock)


@router.get("/pipelines/{pipeline}/versions", **needs(Right.READ))
def list_pipeline_versions(pipeline: str, assembly: TheAssembly) -> Page[VersionShownOfPipeline]:
    """Newest first."""
    with assembly.store.look() as work:
        found = work.pipelines.versions(pipeline_of(pipeline, work=work).id)
        return Page(items=[show_version(each, work) for each in found], next=None)


@router.post("/pipelines/{pipeline}/versions", status_code=201, **needs(Right.WRITE))
def post_pipeline_version(
    pipeline: str, wanted: DefinitionWanted, permit: ThePermit, assembly: TheAssembly
) -> PipelineShown:
    """In force from now on. Versions never change."""
    with assembly.store.work() as work:
        found = pipeline_of(pipeline, work=work)
        create_pipeline_version(
            found, given(wanted), permit=permit, work=work, folders=folders_of(assembly), clock=assembly.clock
        )
        return show_pipeline(pipeline_of(pipeline, work=work), work, assembly)


@router.get("/pipelines/{pipeline}/versions/{number}", **needs(Right.READ))
def get_pipeline_version(pipeline: str, number: int, assembly: TheAssembly) -> VersionShownOfPipeline:
    with assembly.store.look() as work:
        found = pipeline_of(pipeline, work=work)
        if not 1 <= number <= found.version:
            raise NoPipeline(f"The pipeline has versions 1 to {found.version}.")
        return show_version(work.pipelines.version(found.id, number), work)


def given(wanted: DefinitionWanted) -> Mapping[str, Any]:
    if (wanted.definition is None) == (wanted.yaml is None):
        raise PipelineRefused("Give a `definition`, or `yaml`.", fields=("definition", "yaml"))
    return wanted.definition if wanted.definition is not None else parse_yaml(wanted.yaml or "")


def show_pipeline(pipeline: Pipeline, work: Work, assembly: Assembly) -> PipelineShown:
    version = work.pipelines.version(pipeline.id, pipeline.version)
    graph = graph_of(version)
    last = work.runs.newest(pipeline.id)
    return PipelineShown(
        **{
            **vars(pipeline),
            "clock": graph.clock.value,
            "schedule": vars(graph.schedule) if graph.schedule else None,
            "on_firing": vars(graph.on_firing) if graph.on_firing else None,
            "parameters": graph.parameters,
            "next_tick": _next_tick(pipeline, graph, work, assembly),
            "last_run": brief(last, work) if last else None,
            "version": show_version(version, work),
            "created_by": name_of(pipeline.created_by, work),
        }
    )


def show_version(version: PipelineVersion, work: Work) -> VersionShownOfPipeline:
    graph = graph_of(version)
    return VersionShownOfPipeline(
        number=version.number,
        definition=version.definition,
        yaml=write_yaml(version.definition),
        steps=[StepShown(**{**vars(step), "after": list(step.after)}) for step in graph.steps],
        created=version.created,
        created_by=name_of(version.created_by, work),
    )


def name_of(user: str, work: Work) -> str:
    found = work.users.get(user)
    return found.name if found else user


def _next_tick(pipeline: Pipeline, graph: Graph, work: Work, assembly: Assembly) -> datetime | None:
    if graph.schedule is None or pipeline.paused:
        return None
    if graph.clock is ClockKind.EVENT:
        after = pipeline.ticked or first_moment(pipeline, graph, work=work, clock=assembly.clock)
    else:
        after = assembly.clock.now()
    return next_tick(graph.schedule.cron, graph.schedule.time_zone, after) if after else None
