"""The form that takes a file with predictions made elsewhere into the journal."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.errors import WatchkeeperError
from watchkeeper.names import new_id
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.log import log_rows
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import TheFile, TheForm, go, refusal, the_deployment, the_project
from watchkeeper.server.web.journal import shown_again
from watchkeeper.serving.errors import RowsRefused

router = APIRouter(include_in_schema=False)
A_PIECE, MOST = 5_000, 200_000
COLUMNS = {"outputs": "output", "ids": "id", "at": "at"}
"""What stands beside the rows, and the field that names its column."""


@router.post(PAGES["journal_log"], **needs(Right.WRITE))
def log(
    request: Request, deployment: str, file: TheFile, form: TheForm, permit: ThePermit, assembly: TheAssembly
) -> Response:
    """What was taken before a piece is refused stays; of the same file again it changes nothing."""
    with assembly.store.look() as work:
        project = the_project(request, work)
        found = the_deployment(project, deployment, work)
    taken = 0
    try:
        if file is None or not file.filename:
            raise RowsRefused("Choose a file.", fields=("file",))
        with _imported(file, assembly) as table:
            for said in _pieces(table, form):
                taken += log_rows(found.id, said, permit, assembly).rows
    except WatchkeeperError as refused:
        again = {**refusal(refused, at="log", written=form), "taken": taken}
        return shown_again(request, deployment, assembly, refused=again)
    return go("journal", {"logged": taken}, project=project.slug, deployment=found.slug)


@contextmanager
def _imported(file: Any, assembly: Assembly) -> Iterator[pq.ParquetFile]:
    """CSV, packed or not, or Parquet, read as a dataset is."""
    from watchkeeper.tables.importing import import_table  # heavy, and rarely wanted here

    received = assembly.places.receiving() / new_id()
    table = received.with_suffix(".parquet")
    received.parent.mkdir(parents=True, exist_ok=True)
    try:
        with received.open("wb") as kept:
            shutil.copyfileobj(file.file, kept)
        import_table(received, table, name=file.filename, progress=lambda _: None)
        with pq.ParquetFile(table) as opened:
            yield opened
    finally:
        received.unlink(missing_ok=True)
        table.unlink(missing_ok=True)


def _pieces(table: pq.ParquetFile, form: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    if table.metadata.num_rows > MOST:
        raise RowsRefused(
            f"The file has {table.metadata.num_rows:,} rows; here are {MOST:,} taken at once. Split it, or use "
            "`deployment.log` in Python.",
            fields=("file",),
        )
    columns = {beside: _column(form, field, table.schema_arrow.names) for beside, field in COLUMNS.items()}
    if columns["outputs"] is None:
        raise RowsRefused("Say which column has what was predicted.", fields=("output",))
    release = form.get("release", "")
    more: dict[str, Any] = {"challenge": form.get("challenge") == "yes"}
    more |= {"release": int(release)} if release.isascii() and release.isdigit() else {}
    for batch in table.iter_batches(A_PIECE):
        yield {**_parted(batch, columns), **more}


def _parted(batch: pa.RecordBatch, columns: Mapping[str, str | None]) -> dict[str, list[Any]]:
    """The rows, and beside them what stands in the columns that are no inputs."""
    rows = [{name: _plain(value) for name, value in row.items()} for row in batch.to_pylist()]
    beside = {name: [row[column] for row in rows] for name, column in columns.items() if column is not None}
    if "ids" in beside:
        beside["ids"] = [None if each is None else str(each) for each in beside["ids"]]
    apart = set(columns.values())
    return {"rows": [{name: row[name] for name in row if name not in apart} for row in rows], **beside}


def _column(form: Mapping[str, str], field: str, names: list[str]) -> str | None:
    wanted = form.get(field, "").strip()
    if wanted and wanted not in names:
        raise RowsRefused(f"The file has no column '{wanted}'. It has {', '.join(names)}.", fields=(field,))
    return wanted or None


def _plain(value: Any) -> Any:
    """As it would have come in JSON."""
    return value.isoformat() if isinstance(value, datetime) else value
