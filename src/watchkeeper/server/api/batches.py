from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from watchkeeper.access.role import Right
from watchkeeper.batches.batch import Batch
from watchkeeper.batches.beginning import begin_batch, cancel_batch, remove_batch, resume_batch, the_dataset
from watchkeeper.batches.errors import NoBatch
from watchkeeper.batches.results import check_results, csv_pieces, parquet_pieces, preview_results, results_of
from watchkeeper.batches.turning import turn_into_dataset
from watchkeeper.names import slug
from watchkeeper.server.api.datasets import DatasetShown, Preview, show_dataset
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.problem import problem_of
from watchkeeper.storage.work import Work

router = APIRouter(tags=["batches"])
MEDIA = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}
Format = Literal["parquet", "csv"]


class BatchWanted(BaseModel):
    """`dataset` is its id or name. With `journal` the rows are predictions of the deployment, watched like any others:
    each once, at the time that its time column says."""

    dataset: str
    journal: bool = True


class DatasetWanted(BaseModel):
    name: str


class ViolationShown(BaseModel):
    """`row` is the first one of the dataset in which it stands, from 0, `example` its value."""

    column: str
    violation: str
    rows: int
    row: int
    example: str


class BatchShown(BaseModel):
    """`state` is waiting, running, done, failed or cancelled; `refused` are rows that a strict type policy left
    without an answer."""

    id: str
    project: str
    deployment: str
    dataset: str
    dataset_name: str
    release: int
    champion: str
    challenger: str | None
    type_policy: str
    journal: bool
    state: str
    progress: float
    rows: int
    answered: int
    refused: int
    violations: list[ViolationShown]
    challenger_error: str
    error: Mapping[str, Any] | None
    created: datetime
    created_by: str
    started: datetime | None
    finished: datetime | None


@router.post("/deployments/{deployment}/batches", status_code=202, **needs(Right.WRITE))
def create_batch(deployment: str, wanted: BatchWanted, permit: ThePermit, assembly: TheAssembly) -> BatchShown:
    """Answer all rows of a dataset by the champion and the challenger of the release in force. It is done by a worker:
    ask for the batch until its `state` is `done`, `failed` or `cancelled`."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        dataset = the_dataset(wanted.dataset, project=found.project, datasets=work.datasets)
        batch = begin_batch(found, dataset, journal=wanted.journal, permit=permit, work=work, clock=assembly.clock)
        return show_batch(batch, work)


@router.get("/deployments/{deployment}/batches", **needs(Right.READ))
def list_batches(deployment: str, assembly: TheAssembly, limit: Limit = 100, cursor: Cursor = None) -> Page[BatchShown]:
    """Newest first."""
    with assembly.store.look() as work:
        found = work.batches.page(the_deployment(deployment, work).id, after=cursor, limit=limit + 1)
        return paged(found, limit=limit, show=lambda each: show_batch(each, work), cursor=lambda each: each.id)


@router.get("/batches/{batch}", **needs(Right.READ))
def get_batch(batch: str, assembly: TheAssembly) -> BatchShown:
    with assembly.store.look() as work:
        return show_batch(the_batch(batch, work), work)


@router.post("/batches/{batch}/cancel", **needs(Right.WRITE))
def cancel(batch: str, assembly: TheAssembly) -> BatchShown:
    """It ends within a second or two, and can be resumed. What is journalled by then stays."""
    with assembly.store.work() as work:
        found = cancel_batch(the_batch(batch, work), batches=work.batches, clock=assembly.clock)
        return show_batch(found, work)


@router.post("/batches/{batch}/resume", status_code=202, **needs(Right.WRITE))
def resume(batch: str, assembly: TheAssembly) -> BatchShown:
    """Let one that failed or was cancelled go on where it stopped."""
    with assembly.store.work() as work:
        return show_batch(resume_batch(the_batch(batch, work), work=work, clock=assembly.clock), work)


@router.delete("/batches/{batch}", status_code=204, **needs(Right.WRITE))
def delete_batch(batch: str, assembly: TheAssembly) -> None:
    """Remove one that is over, with its results."""
    with assembly.store.work() as work:
        remove_batch(the_batch(batch, work), batches=work.batches, places=assembly.places)


@router.get("/batches/{batch}/preview", **needs(Right.READ))
def preview_batch(batch: str, assembly: TheAssembly, rows: Annotated[int, Query(ge=1, le=1000)] = 20) -> Preview:
    """The first rows of its results."""
    found = done_batch(batch, assembly, inputs=False)
    columns, shown = preview_results(found, rows=rows, places=assembly.places)
    return Preview(columns=columns, rows=shown)


@router.get("/batches/{batch}/results", response_class=Response, **needs(Right.READ))
def download_results(
    batch: str,
    assembly: TheAssembly,
    format: Format = "parquet",  # noqa: A002
    inputs: Annotated[bool, Query(description="Put the dataset's columns before the answers.")] = True,
) -> Response:
    """A row for each of the dataset, in its order."""
    found = done_batch(batch, assembly, inputs=inputs)
    tables = results_of(found, inputs=inputs, places=assembly.places)
    pieces = csv_pieces(tables) if format == "csv" else parquet_pieces(tables)
    name = f"{slug(found.dataset_name)}-{found.id}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=MEDIA[format], headers=headers)


@router.post("/batches/{batch}/dataset", status_code=202, **needs(Right.WRITE))
def batch_dataset(batch: str, wanted: DatasetWanted, permit: ThePermit, assembly: TheAssembly) -> DatasetShown:
    """Make a dataset of its rows with their answers. It is filled after the answer: ask for the dataset until its
    `state` is `ready` or `failed`."""
    with assembly.store.work() as work:
        dataset = turn_into_dataset(
            the_batch(batch, work),
            wanted.name,
            permit=permit,
            work=work,
            places=assembly.places,
            clock=assembly.clock,
        )
    return show_dataset(dataset)


def the_batch(batch: str, work: Work) -> Batch:
    found = work.batches.get(batch)
    if found is None:
        raise NoBatch("There is no such batch here.")
    return found


def done_batch(batch: str, assembly: TheAssembly, *, inputs: bool) -> Batch:
    with assembly.store.look() as work:
        found = the_batch(batch, work)
    check_results(found, inputs=inputs, places=assembly.places)
    return found


def show_batch(batch: Batch, work: Work) -> BatchShown:
    user = work.users.get(batch.asked_by)
    return BatchShown(
        **{
            **vars(batch),
            "progress": batch.progress,
            "violations": [ViolationShown(**each) for each in batch.violations],
            "error": problem_of(batch.error),
            "created": batch.asked,
            "created_by": user.name if user else batch.asked_by,
        }
    )
