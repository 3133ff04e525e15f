"""The journal of a deployment, read back."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response, StreamingResponse
from starlette.background import BackgroundTask

from watchkeeper.access.role import Right
from watchkeeper.monitoring.answers.leafing import Leaf, Place, leaf
from watchkeeper.monitoring.errors import WhereRefused
from watchkeeper.monitoring.journal.gone_rows import GoneRows
from watchkeeper.monitoring.journal.reading import Selection, as_stream, select, write_parquet
from watchkeeper.names import new_id
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.monitoring import aware
from watchkeeper.server.api.paging import Cursor, Limit, Page
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Role
from watchkeeper.storage.work import Work

router = APIRouter(tags=["journal"])


class RowsPage(Page[dict[str, Any]]):
    """`gone` is how many rows of the days asked for are no longer kept; all that came since `kept_since` are, which is
    null where nothing has gone."""

    gone: int
    kept_since: datetime | None


PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.stream"

Start = Annotated[datetime | None, Query(description="From this event time on; without a zone, UTC.")]
End = Annotated[datetime | None, Query(description="Up to before this event time.")]
Where = Annotated[
    str | None,
    Query(
        description='Conditions as JSON: `[["size", ">", 3], ["town", "in", ["Lyon", "Nice"]], ["key", "=", null]]`. '
        "All have to hold; the operators are = != < <= > >= in."
    ),
]


@router.get("/deployments/{deployment}/journal", response_class=Response, **needs(Right.READ_ROWS))
def get_journal(
    deployment: str,
    assembly: TheAssembly,
    role: Role = Role.CHAMPION,
    start: Start = None,
    end: End = None,
    where: Where = None,
    format: Literal["parquet", "arrow"] = "parquet",  # noqa: A002
) -> Response:
    """The predictions of a role whose event time lies from `start` up to before `end`: a Parquet file, or a stream of
    Arrow record batches (IPC), which begins at once. A stream that is cut off before its end is not all. Where rows of
    the period are no longer kept, the header `Watchkeeper-Gone` says how many, and `Watchkeeper-Kept-Since` since when
    all that came are kept; so does the metadata of the schema, as `gone` and `kept-since`."""
    with assembly.store.look() as work:
        found = selected(deployment, work, assembly, role=role, start=start, end=end, where=conditions_in(where))
    name = f"{found.deployment.slug}-{role}"
    told = {f"Watchkeeper-{word.title()}": value for word, value in found.gone.told.items()}
    if format == "arrow":
        headers = {**told, "Content-Disposition": f'attachment; filename="{name}.arrows"'}
        return StreamingResponse(as_stream(found), media_type=ARROW, headers=headers)
    assembly.places.receiving().mkdir(parents=True, exist_ok=True)
    target = assembly.places.receiving() / f"{new_id()}.parquet"
    try:
        write_parquet(found, target)
    except BaseException:
        _forget(target)
        raise
    forgotten = BackgroundTask(_forget, target)
    return FileResponse(target, media_type=PARQUET, filename=f"{name}.parquet", headers=told, background=forgotten)


@router.get("/deployments/{deployment}/journal/rows", **needs(Right.READ_ROWS))
def get_journal_rows(
    deployment: str,
    assembly: TheAssembly,
    role: Role = Role.CHAMPION,
    start: Start = None,
    end: End = None,
    where: Where = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> RowsPage:
    """The newest by event time first, each with its `label` and, under its name, what the other role answered."""
    with assembly.store.look() as work:
        found = selected(deployment, work, assembly, role=role, start=start, end=end, where=conditions_in(where))
        return show_leaf(leaf(found, limit=limit, after=Place.read(cursor) if cursor else None, work=work), found.gone)


def selected(
    deployment: str,
    work: Work,
    assembly: Assembly,
    *,
    role: Role,
    start: datetime | None,
    end: datetime | None,
    where: Sequence[Any],
) -> Selection:
    return select(
        the_deployment(deployment, work),
        role=role,
        start=aware(start),
        end=aware(end),
        where=where,
        work=work,
        places=assembly.places,
    )


def conditions_in(where: str | None) -> Sequence[Any]:
    """Raise WhereRefused where it is no JSON; what it says is looked at later."""
    try:
        found: Sequence[Any] = msgspec.json.decode(where) if where else []
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise WhereRefused(
            f'`where` is no JSON ({error}). Write it like [["size", ">", 3]].', fields=("where",)
        ) from None
    return found


def show_leaf(found: Leaf, gone: GoneRows) -> RowsPage:
    cursor = found.after.cursor if found.after else None
    return RowsPage(items=[_plain(row) for row in found.rows], next=cursor, gone=gone.rows, kept_since=gone.kept_since)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _told(value) for name, value in row.items()}


def _told(value: Any) -> Any:
    match value:
        case dict():
            return _plain(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case float() if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124  (NaN)
            return None
    return value


def _forget(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
