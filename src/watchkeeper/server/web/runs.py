"""The page of a run, and what a step of it wrote."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.charts import graph_drawing
from watchkeeper.errors import Refused, WatchkeeperError
from watchkeeper.pipelines.deciding import approve, cancel_run, resume_run, run_of
from watchkeeper.pipelines.graphs import graph_in_force
from watchkeeper.pipelines.pipeline import ClockKind
from watchkeeper.pipelines.run import Run
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.runs import log_of, show_run
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import TheForm, go, may, of_project, page, refusal, shown, the_project
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)


@router.get(PAGES["run"], **needs(Right.READ))
def run(request: Request, run: str, assembly: TheAssembly) -> Response:
    return _page(request, run, assembly)


@router.get(PAGES["run_log"], **needs(Right.READ))
def run_log(request: Request, run: str, step: str, assembly: TheAssembly, attempt: int | None = None) -> Response:
    with assembly.store.look() as work:
        found = of_project(the_project(request, work), run_of(run, work=work), "run")
        return PlainTextResponse(log_of(found.id, step, attempt, work).log, headers={"Cache-Control": "no-store"})


@router.post(PAGES["run"], **needs(Right.WRITE))
def act(request: Request, run: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            found = of_project(project, run_of(run, work=work), "run")
            _act(found, form, permit=permit, work=work, assembly=assembly)
    except WatchkeeperError as refused:
        said = refusal(refused, at=form.get("action", ""), written=form)
        return _page(request, run, assembly, status=refused.status, refused=said)
    return go("run", project=project.slug, run=found.id)


def _act(found: Run, form: Mapping[str, str], *, permit: Permit, work: Work, assembly: Assembly) -> None:
    match form.get("action"):
        case "approve" | "refuse" as action:
            approve(
                found,
                form.get("step", ""),
                approved=action == "approve",
                reason=form.get("reason", ""),
                permit=permit,
                work=work,
                clock=assembly.clock,
            )
        case "cancel":
            cancel_run(found, permit=permit, work=work, clock=assembly.clock)
        case "resume":
            resume_run(found, work=work, clock=assembly.clock)
        case _:
            raise Refused("The form is not as this page writes it. Open the page again.", fields=("action",))


def _page(request: Request, name: str, assembly: Assembly, *, status: int = 200, **more: Any) -> Response:
    with assembly.store.look() as work:
        project = the_project(request, work)
        found: Run = of_project(project, run_of(name, work=work), "run")
        pipeline = work.pipelines.get(found.pipeline)
        deployment = work.deployments.get(pipeline.deployment) if pipeline and pipeline.deployment else None
        told = show_run(found, work)
        context = {
            "project": shown(project),
            "run": told.model_dump(),
            "zone": deployment.time_zone if deployment else "UTC",
            "event": pipeline is not None and graph_in_force(pipeline, work=work).clock is ClockKind.EVENT,
            "graph": graph_drawing({each.name: each.after for each in told.steps}),
            "may_write": may(request, Right.WRITE, work),
            "rights": [right.value for right in Right if may(request, right, work)],
            "refused": None,
            **more,
        }
        return page(request, "run.html", status=status, **context)
