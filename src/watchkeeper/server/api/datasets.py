import os
import shutil
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response, StreamingResponse
from pydantic import BaseModel

from watchkeeper.access.role import Right
from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.datasets.errors import DatasetNotReady, NoDataset
from watchkeeper.datasets.importing import check_dataset_name, receive_dataset
from watchkeeper.datasets.reading import check_readable, csv_chunks, preview
from watchkeeper.datasets.removing import remove_dataset
from watchkeeper.errors import TooLarge, Unavailable
from watchkeeper.names import new_id, slug
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.problem import problem_of

router = APIRouter(tags=["datasets"])


class ColumnShown(BaseModel):
    name: str
    kind: str


class DatasetShown(BaseModel):
    id: str
    project: str
    name: str
    file_name: str
    state: str
    error: Mapping[str, Any] | None
    progress: float
    rows: int
    bytes: int
    digest: str
    columns: list[ColumnShown]
    summary: list[Mapping[str, Any]]
    created: datetime


class Preview(BaseModel):
    columns: list[str]
    rows: list[list[Any]]


class StorageFull(Unavailable):
    code = "storage-full"


@router.get("/projects/{project}/datasets", **needs(Right.READ))
def list_datasets(
    permit: ThePermit, assembly: TheAssembly, limit: Limit = 100, cursor: Cursor = None
) -> Page[DatasetShown]:
    with assembly.store.look() as work:
        found = work.datasets.page(permit.project or "", after=cursor, limit=limit + 1)
    return paged(found, limit=limit, show=show_dataset, cursor=lambda dataset: dataset.id)


@router.post("/projects/{project}/datasets", status_code=202, **needs(Right.WRITE))
async def upload_dataset(
    request: Request, permit: ThePermit, assembly: TheAssembly, name: str, file_name: str = ""
) -> DatasetShown:
    """The body is the file itself: CSV (`,` `;` tab or `|`, plain, gzip or zip) or Parquet. It is imported after the
    answer: ask for the dataset until its `state` is `ready` or `failed`."""
    await run_in_threadpool(_check_name, name, permit.project or "", assembly)
    received = await _receive(request.stream(), assembly)
    try:
        return await run_in_threadpool(_take_over, name, file_name, received, permit, assembly)
    finally:
        received.unlink(missing_ok=True)


@router.get("/datasets/{dataset}", **needs(Right.READ))
def get_dataset(dataset: str, assembly: TheAssembly) -> DatasetShown:
    return show_dataset(the_dataset(dataset, assembly))


@router.get("/datasets/{dataset}/preview", **needs(Right.READ))
def preview_dataset(dataset: str, assembly: TheAssembly, rows: Annotated[int, Query(ge=0, le=1000)] = 20) -> Preview:
    found = ready_dataset(dataset, assembly)
    columns, shown = preview(assembly.places.table(found.id), rows=rows)
    return Preview(columns=columns, rows=shown)


@router.get("/datasets/{dataset}/download", response_class=Response, **needs(Right.READ))
def download_dataset(
    dataset: str,
    assembly: TheAssembly,
    format: Literal["parquet", "csv"] = "parquet",  # noqa: A002
) -> Response:
    found = ready_dataset(dataset, assembly)
    table, file_name = assembly.places.table(found.id), f"{slug(found.name)}.{format}"
    check_readable(table)
    if format == "parquet":
        return FileResponse(table, media_type="application/vnd.apache.parquet", filename=file_name)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return StreamingResponse(csv_chunks(table), media_type="text/csv", headers=headers)


@router.delete("/datasets/{dataset}", status_code=204, **needs(Right.WRITE))
def delete_dataset(dataset: str, assembly: TheAssembly) -> None:
    with assembly.store.work() as work:
        found = work.datasets.get(dataset)
        if found is not None:
            remove_dataset(found, datasets=work.datasets, places=assembly.places)


def the_dataset(dataset: str, assembly: Assembly) -> Dataset:
    with assembly.store.look() as work:
        found = work.datasets.get(dataset)
    if found is None:
        raise NoDataset("There is no such dataset here.")
    return found


def ready_dataset(dataset: str, assembly: Assembly) -> Dataset:
    found = the_dataset(dataset, assembly)
    if found.state is not State.READY:
        raise DatasetNotReady(f"The dataset '{found.name}' is {found.state}; it has no rows to show.")
    return found


def show_dataset(dataset: Dataset) -> DatasetShown:
    return DatasetShown(
        **{
            **vars(dataset),
            "error": problem_of(dataset.error),
            "columns": [ColumnShown(name=c.name, kind=c.kind) for c in dataset.schema.columns],
        }
    )


async def _receive(pieces: AsyncIterator[bytes], assembly: Assembly) -> Path:
    """The body in a file, never in memory."""
    path = assembly.places.receiving() / new_id()
    path.parent.mkdir(parents=True, exist_ok=True)
    largest, size = assembly.settings.largest_upload, 0
    try:
        with path.open("wb") as file:
            async for piece in pieces:
                size += len(piece)
                if size > largest:
                    raise TooLarge(f"The file is larger than the {largest:,} bytes that are taken. Split it.")
                await run_in_threadpool(file.write, piece)
            await run_in_threadpool(_sync, file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StorageFull(f"The file could not be kept: {error.strerror}. Make room, then send it again.") from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _sync(descriptor: int) -> None:
    os.fsync(descriptor)


def _check_name(name: str, project: str, assembly: Assembly) -> None:
    with assembly.store.look() as work:
        check_dataset_name(name, project=project, datasets=work.datasets)


def _take_over(name: str, file_name: str, received: Path, permit: ThePermit, assembly: Assembly) -> DatasetShown:
    with assembly.store.work() as work:
        return show_dataset(
            receive_dataset(
                name,
                file_name=Path(file_name).name or name,
                received=received,
                permit=permit,
                datasets=work.datasets,
                jobs=work.jobs,
                places=assembly.places,
                clock=assembly.clock,
            )
        )


def empty_receiving(assembly: Assembly) -> None:
    """What was arriving when a console died is of no use."""
    shutil.rmtree(assembly.places.receiving(), ignore_errors=True)
