"""Making pipelines, new versions of them, pausing and removing them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from watchkeeper.access.errors import RightMissing
from watchkeeper.access.permitting import Permit, rights_of
from watchkeeper.clock import Clock
from watchkeeper.names import new_id, slug
from watchkeeper.pipelines.errors import NoPipeline, PipelineBusy, PipelineRefused, PipelineTaken
from watchkeeper.pipelines.graphs import graph_in_force
from watchkeeper.pipelines.pipeline import Graph, Pipeline, PipelineVersion
from watchkeeper.pipelines.ports import Unit
from watchkeeper.pipelines.reading import read_graph
from watchkeeper.pipelines.steps import KINDS
from watchkeeper.pipelines.steps.finding import find_deployment
from watchkeeper.pipelines.steps.kind import Names
from watchkeeper.pipelines.telling_time import moment_of
from watchkeeper.projects.naming import checked_name
from watchkeeper.serving.deployment import Deployment

MOST = 500


def create_pipeline(
    name: str | None,
    definition: Mapping[str, Any],
    *,
    permit: Permit,
    work: Unit,
    folders: tuple[Path, ...],
    clock: Clock,
) -> Pipeline:
    """Without a name it has that of the definition."""
    project = permit.project or ""
    name = checked_name(str(name or definition.get("name") or ""), of="pipeline")
    graph, deployment = _checked(definition, permit=permit, work=work, folders=folders)
    if len(work.pipelines.of_project(project)) >= MOST:
        raise PipelineRefused(f"A project may have {MOST} pipelines. Remove one first.")
    if work.pipelines.named(slug(name), project=project):
        raise PipelineTaken(f"This project has a pipeline '{slug(name)}' already.", fields=("name",))
    pipeline = Pipeline(
        id=new_id(),
        project=project,
        deployment=deployment.id if deployment else None,
        name=name,
        slug=slug(name),
        version=1,
        paused=False,
        created=clock.now(),
        created_by=permit.user,
    )
    pipeline = replace(pipeline, ticked=moment_of(pipeline, graph, work=work, clock=clock))
    version = PipelineVersion(pipeline.id, 1, _kept(definition), clock.now(), permit.user)
    work.pipelines.add(pipeline, version)
    return pipeline


def create_pipeline_version(
    pipeline: Pipeline,
    definition: Mapping[str, Any],
    *,
    permit: Permit,
    work: Unit,
    folders: tuple[Path, ...],
    clock: Clock,
) -> PipelineVersion:
    """In force from now on; runs that go on go on with theirs."""
    graph, deployment = _checked(definition, permit=permit, work=work, folders=folders)
    held = work.pipelines.hold(pipeline.id) or pipeline
    before = graph_in_force(held, work=work)
    version = PipelineVersion(held.id, held.version + 1, _kept(definition), clock.now(), permit.user)
    work.pipelines.add_version(version)
    changed = replace(held, version=version.number, deployment=deployment.id if deployment else None)
    if (before.schedule, before.clock, held.deployment) != (graph.schedule, graph.clock, changed.deployment):
        changed = replace(changed, ticked=moment_of(changed, graph, work=work, clock=clock))
    work.pipelines.change(changed)
    return version


def pause_pipeline(pipeline: Pipeline, *, paused: bool, work: Unit, clock: Clock) -> Pipeline:
    """Ticks that pass while it is paused are let go by."""
    held = work.pipelines.hold(pipeline.id) or pipeline
    changed = replace(held, paused=paused)
    if held.paused and not paused:
        graph = graph_in_force(held, work=work)
        changed = replace(changed, ticked=moment_of(held, graph, work=work, clock=clock))
    work.pipelines.change(changed)
    return changed


def remove_pipeline(pipeline: Pipeline, *, work: Unit, clock: Clock) -> None:
    """Its runs can still be read."""
    held = work.pipelines.hold(pipeline.id) or pipeline
    if work.runs.going_on(held.id):
        raise PipelineBusy(f"A run of '{held.name}' goes on. Cancel it, or wait until it is over.")
    work.pipelines.change(replace(held, removed=clock.now()))


def pipeline_of(pipeline: str, *, work: Unit) -> Pipeline:
    found = work.pipelines.get(pipeline)
    if found is None or found.removed is not None:
        raise NoPipeline("There is no such pipeline here.")
    return found


def _checked(
    definition: Mapping[str, Any], *, permit: Permit, work: Unit, folders: tuple[Path, ...]
) -> tuple[Graph, Deployment | None]:
    """Against what the project has, and what who saves it may do."""
    graph = read_graph(definition)
    project, named = permit.project or "", definition.get("deployment")
    deployment = find_deployment(named, project=project, work=work) if named is not None else None
    if named is not None and deployment is None:
        raise PipelineRefused(f"There is no deployment '{named}' in this project.", fields=("deployment",))
    rights = rights_of(permit.identity, project=project, members=work.members)
    names = Names(project, deployment, work, folders)
    for step in graph.steps:
        kind = KINDS[step.kind]
        if kind.right not in rights:
            raise RightMissing(
                f"The step '{step.name}' needs the right {kind.right.value}, which {permit.identity.name} lacks.",
                fields=(f"steps.{step.name}",),
            )
        kind.check(step, names)
    _check_rules(graph, deployment, work)
    return graph, deployment


def _check_rules(graph: Graph, deployment: Deployment | None, work: Unit) -> None:
    from watchkeeper.alerts.signals import SIGNALS

    wanted = graph.on_firing.rules if graph.on_firing else ()
    rules = work.rules.of_deployment(deployment.id) if deployment else []
    known = {*SIGNALS, *(rule.name for rule in rules), *(rule.id for rule in rules)}
    for each in wanted:
        if each not in known:
            raise PipelineRefused(
                f"'{each}' is neither a rule of the deployment nor a signal ({', '.join(SIGNALS)}).",
                fields=("on_firing.rules",),
            )


def _kept(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in definition.items() if name != "name"}
