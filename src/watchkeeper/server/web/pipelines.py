"""A project's pipelines, and the page of one."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.charts import graph_drawing
from watchkeeper.errors import Refused, WatchkeeperError
from watchkeeper.pipelines.creating import create_pipeline_version, pause_pipeline, pipeline_of, remove_pipeline
from watchkeeper.pipelines.errors import PipelineRefused
from watchkeeper.pipelines.graphs import graph_in_force
from watchkeeper.pipelines.pipeline import Pipeline
from watchkeeper.pipelines.reading import parse_yaml
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.pipelines import show_pipeline, show_version
from watchkeeper.server.api.runs import begin, brief
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.pipelining import folders_of
from watchkeeper.server.web.context import TheForm, go, may, of_project, page, refusal, shown, the_project
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
MOST_RUNS = 50


@router.get(PAGES["pipelines"], **needs(Right.READ))
def pipelines(request: Request, assembly: TheAssembly) -> Response:
    with assembly.store.look() as work:
        project = the_project(request, work)
        found = [show_pipeline(each, work, assembly) for each in work.pipelines.of_project(project.id)]
        deployments = {each.id: each for each in work.deployments.page(project.id, after=None, limit=500)}
        runs = [brief(each, work) for each in work.runs.page(project.id, pipeline=None, after=None, limit=MOST_RUNS)]
        return page(
            request,
            "pipelines.html",
            project=shown(project),
            pipelines=[each.model_dump() for each in found],
            runs=[each.model_dump() for each in runs],
            deployments={
                name: {"name": each.name, "slug": each.slug, "time_zone": each.time_zone}
                for name, each in deployments.items()
            },
        )


@router.get(PAGES["pipeline"], **needs(Right.READ))
def pipeline(request: Request, pipeline: str, assembly: TheAssembly) -> Response:
    return _page(request, pipeline, assembly)


@router.post(PAGES["pipeline"], **needs(Right.WRITE))
def act(request: Request, pipeline: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    action = form.get("action", "")
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            found = of_project(project, pipeline_of(pipeline, work=work), "pipeline")
            if action == "run":
                begun = begin(found.id, _parameters(found, form, work), permit=permit, work=work, assembly=assembly)
                return go("run", project=project.slug, run=begun.id)
            _act(found, action, form, permit=permit, work=work, assembly=assembly)
    except WatchkeeperError as refused:
        said = refusal(refused, at=action, written=form)
        return _page(request, pipeline, assembly, status=refused.status, refused=said)
    if action == "remove":
        return go("pipelines", project=project.slug)
    return go("pipeline", project=project.slug, pipeline=found.id)


def _act(
    found: Pipeline, action: str, form: Mapping[str, str], *, permit: Permit, work: Work, assembly: Assembly
) -> None:
    match action:
        case "change":
            create_pipeline_version(
                found,
                parse_yaml(form.get("yaml", "")),
                permit=permit,
                work=work,
                folders=folders_of(assembly),
                clock=assembly.clock,
            )
        case "pause" | "go-on":
            pause_pipeline(found, paused=action == "pause", work=work, clock=assembly.clock)
        case "remove":
            remove_pipeline(found, work=work, clock=assembly.clock)
        case _:
            raise Refused("The form is not as this page writes it. Open the page again.", fields=("action",))


def _parameters(found: Pipeline, form: Mapping[str, str], work: Work) -> dict[str, Any]:
    """What was written, as the kind that the default is of; an empty field leaves the default."""
    given: dict[str, Any] = {}
    for name, default in graph_in_force(found, work=work).parameters.items():
        written = form.get(f"parameter.{name}", "").strip()
        if written:
            given[name] = _as(written, default, name=name)
    return given


def _as(written: str, default: Any, *, name: str) -> Any:
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[written.lower()]
        if isinstance(default, int | float):
            return type(default)(written)
    except (KeyError, ValueError):
        raise PipelineRefused(
            f"'{written}' is not like the default, {default}.", fields=(f"parameter.{name}",)
        ) from None
    return written


def _page(request: Request, name: str, assembly: Assembly, *, status: int = 200, **more: Any) -> Response:
    with assembly.store.look() as work:
        project = the_project(request, work)
        found = of_project(project, pipeline_of(name, work=work), "pipeline")
        told = show_pipeline(found, work, assembly)
        deployment = work.deployments.get(found.deployment) if found.deployment else None
        runs = work.runs.page(project.id, pipeline=found.id, after=None, limit=MOST_RUNS)
        context = {
            "project": shown(project),
            "pipeline": told.model_dump(),
            "versions": [show_version(each, work).model_dump() for each in work.pipelines.versions(found.id)],
            "runs": [brief(each, work).model_dump() for each in runs],
            "deployment": {"name": deployment.name, "slug": deployment.slug} if deployment else None,
            "zone": deployment.time_zone if deployment else "UTC",
            "graph": graph_drawing({each.name: each.after for each in told.version.steps}),
            "may_write": may(request, Right.WRITE, work),
            "refused": None,
            **more,
        }
        return page(request, "pipeline.html", status=status, **context)
