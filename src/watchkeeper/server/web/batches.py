"""The batches of a deployment, asking for one, and the page of one."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.batches.batch import Batch, State
from watchkeeper.batches.beginning import begin_batch, cancel_batch, remove_batch, resume_batch, the_dataset
from watchkeeper.batches.results import preview_results
from watchkeeper.batches.turning import turn_into_dataset
from watchkeeper.datasets.dataset import State as DatasetState
from watchkeeper.errors import NotFound, Refused, WatchkeeperError
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.batches import download_results, show_batch, the_batch
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs, permit_of
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import TheForm, go, page, refusal, the_deployment, the_project
from watchkeeper.server.web.serving import tab_of
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
MOST, PREVIEW = 200, 8


@router.get(PAGES["batches"], **needs(Right.READ))
def batches(request: Request, deployment: str, assembly: TheAssembly) -> Response:
    return _list(request, deployment, assembly)


@router.post(PAGES["batches"], **needs(Right.WRITE))
def begin(request: Request, deployment: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    try:
        with assembly.store.work() as work:
            found = the_deployment(the_project(request, work), deployment, work)
            dataset = the_dataset(form.get("dataset", ""), project=found.project, datasets=work.datasets)
            journal = form.get("journal") == "yes"
            batch = begin_batch(found, dataset, journal=journal, permit=permit, work=work, clock=assembly.clock)
    except WatchkeeperError as refused:
        said = refusal(refused, at="begin", written=form)
        return _list(request, deployment, assembly, status=refused.status, refused=said)
    return _to(request, deployment, batch)


@router.get(PAGES["batch"], **needs(Right.READ))
def batch(request: Request, deployment: str, batch: str, assembly: TheAssembly) -> Response:
    return _page(request, deployment, batch, assembly)


@router.post(PAGES["batch"], **needs(Right.WRITE))
def act(
    request: Request, deployment: str, batch: str, form: TheForm, permit: ThePermit, assembly: TheAssembly
) -> Response:
    action = form.get("action", "")
    try:
        with assembly.store.work() as work:
            found = _of(request, deployment, batch, work)
            match action:
                case "cancel":
                    cancel_batch(found, batches=work.batches, clock=assembly.clock)
                case "resume":
                    resume_batch(found, work=work, clock=assembly.clock)
                case "remove":
                    remove_batch(found, batches=work.batches, places=assembly.places)
                case "dataset":
                    name, places = form.get("name", ""), assembly.places
                    made = turn_into_dataset(found, name, permit=permit, work=work, places=places, clock=assembly.clock)
                case _:
                    raise Refused("The form is not as this page writes it. Open the page again.", fields=("action",))
    except WatchkeeperError as refused:
        said = refusal(refused, at=action, written=form)
        return _page(request, deployment, batch, assembly, status=refused.status, refused=said)
    parts = request.path_params
    if action == "dataset":
        return go("dataset", project=parts["project"], dataset=made.id)
    if action == "remove":
        return go("batches", project=parts["project"], deployment=deployment)
    return _to(request, deployment, found)


@router.get(PAGES["batch_results"], **needs(Right.READ))
def results(
    request: Request,
    deployment: str,
    batch: str,
    assembly: TheAssembly,
    format: str = "parquet",  # noqa: A002
    inputs: bool = True,
) -> Response:
    with assembly.store.look() as work:
        _of(request, deployment, batch, work)
    return download_results(batch, assembly, "csv" if format == "csv" else "parquet", inputs)


def _to(request: Request, deployment: str, found: Batch) -> Response:
    return go("batch", project=request.path_params["project"], deployment=deployment, batch=found.id)


def _of(request: Request, deployment: str, batch: str, work: Work) -> Batch:
    found = the_batch(batch, work)
    if found.deployment != the_deployment(the_project(request, work), deployment, work).id:
        raise NotFound("There is no such batch of this deployment.")
    return found


def _list(request: Request, deployment: str, assembly: Assembly, *, status: int = 200, **more: Any) -> Response:
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly)
        found = work.batches.page(tab.deployment.id, after=None, limit=MOST)
        datasets = work.datasets.page(tab.deployment.project, after=None, limit=MOST)
        context: Mapping[str, Any] = {
            **tab.context,
            "batches": [show_batch(each, work).model_dump() for each in found],
            "datasets": [
                (each.id, f"{each.name}: {each.rows:,} rows") for each in datasets if each.state is DatasetState.READY
            ],
            "may_write": Right.WRITE in permit_of(request).rights,
            "refused": None,
            **more,
        }
    return page(request, "deployment_batches.html", status=status, **context)


def _page(
    request: Request, deployment: str, batch: str, assembly: Assembly, *, status: int = 200, **more: Any
) -> Response:
    with assembly.store.look() as work:
        found = _of(request, deployment, batch, work)
        tab = tab_of(request, deployment, work, assembly)
        context: Mapping[str, Any] = {
            **tab.context,
            "batch": show_batch(found, work).model_dump(),
            "dataset_there": assembly.places.table(found.dataset).is_file(),
            "may_write": Right.WRITE in permit_of(request).rights,
            "preview": _preview(found, assembly),
            "refused": None,
            **more,
        }
    return page(request, "batch.html", status=status, **context)


def _preview(found: Batch, assembly: Assembly) -> dict[str, Any] | None:
    if found.state is not State.DONE:
        return None
    columns, rows = preview_results(found, rows=PREVIEW, places=assembly.places)
    return {"columns": columns, "rows": rows}
