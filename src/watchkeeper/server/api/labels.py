"""Labels: the truth of rows that were predicted, whenever it comes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.labels.errors import LabelsRefused
from watchkeeper.labels.label import Label, Sent
from watchkeeper.labels.sending import MOST, NAMED, send_labels
from watchkeeper.monitoring.answers.arriving import Arrived, arrived
from watchkeeper.monitoring.answers.scoring import Question, question_of
from watchkeeper.monitoring.keeping.retaining import late_labels
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged
from watchkeeper.server.api.period import ThePeriod
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["labels"])
PARQUET = "application/vnd.apache.parquet"
AT_ONCE = 50_000
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["labels"],
                "properties": {
                    "labels": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["id", "value"],
                            "properties": {"id": {"type": "string"}, "value": {}},
                        },
                    }
                },
            }
        },
        PARQUET: {"schema": {"type": "string", "format": "binary"}},
    },
}


class LabelRefused(BaseModel):
    place: int
    id: str
    reason: str


class LabelsSent(BaseModel):
    received: int
    stored: int
    repeated: int
    corrected: int
    refused: int
    reasons: list[LabelRefused]


class LabelsStatus(BaseModel):
    """`late` have come for predictions that are no longer kept, and count for nothing: of the matched ones those of
    rows that are known to have gone, and of the unmatched ones those that have come since the first rows went, since
    nobody knows any more whether there ever was such a row."""

    rows: int
    matched: int
    unmatched: int
    waiting: int
    corrections: int
    days_waiting: int
    newest: datetime | None
    late: int


class LabelShown(BaseModel):
    id: str
    value: float | str
    received: datetime
    given_by: str
    day: str | None


@router.post(
    "/deployments/{deployment}/labels",
    dependencies=needs(Right.LABEL)["dependencies"],
    openapi_extra={**needs(Right.LABEL)["openapi_extra"], "requestBody": BODY},
)
async def post_labels(deployment: str, request: Request, permit: ThePermit, assembly: TheAssembly) -> LabelsSent:
    """Send `{"labels": [{"id", "value"}, ...]}`, or a Parquet file with these two columns. `id` is a prediction's, or
    the caller's own. Each label is taken or refused on its own; what says nothing new changes nothing; of several for
    one row the last counts. They are kept once this answers, and count within seconds."""
    body = await request.body()
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return await run_in_threadpool(_take, deployment, body, media, permit, assembly)


@router.get("/deployments/{deployment}/labels", **needs(Right.READ))
def get_labels(deployment: str, assembly: TheAssembly, limit: Limit = 100, cursor: Cursor = None) -> Page[LabelShown]:
    """The labels that count, in order of their rows' ids."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        question = question_of(found, work=work)
        labels = work.labels.all(found.id, after=cursor or "", limit=limit + 1)
    return paged(labels, limit=limit, show=lambda each: show_label(each, question), cursor=lambda each: each.row)


@router.get("/deployments/{deployment}/labels/status", **needs(Right.READ))
def get_labels_status(deployment: str, assembly: TheAssembly) -> LabelsStatus:
    """How many have come, how many of them are of rows that the journal has, and what is still to be counted."""
    with assembly.store.look() as work:
        return labels_status(the_deployment(deployment, work), work)


@router.get("/deployments/{deployment}/labels/arrived", **needs(Right.READ))
def get_labels_arrived(deployment: str, assembly: TheAssembly, period: ThePeriod) -> dict[str, Any]:
    """The share of the champion's rows that have a label, by day, and how long labels without a row have been there."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        return show_arrived(arrived(found, start=first, end=last, now=assembly.clock.now(), work=work))


@router.get("/deployments/{deployment}/labels/history", **needs(Right.READ))
def get_label_history(
    deployment: str, row: Annotated[str, Query(description="The row's id.")], assembly: TheAssembly
) -> Page[LabelShown]:
    """Every value that a row's label has had, newest first; the first counts."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        question = question_of(found, work=work)
        return Page(items=[show_label(each, question) for each in work.labels.history(found.id, row)], next=None)


@router.get("/deployments/{deployment}/labels/download", response_class=Response, **needs(Right.READ))
def download_labels(deployment: str, assembly: TheAssembly) -> Response:
    """The labels that count, as a Parquet file: id, value, received, day."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        question = question_of(found, work=work)
        labels: list[Label] = []
        while True:
            more = work.labels.all(found.id, after=labels[-1].row if labels else "", limit=AT_ONCE)
            labels += more
            if len(more) < AT_ONCE:
                break
    kind = pa.float64() if question.classes is None else pa.string()
    table = pa.table(
        {
            "id": pa.array([each.row for each in labels], pa.string()),
            "value": pa.array([_value(each, question) for each in labels], kind),
            "received": pa.array([each.received for each in labels], pa.timestamp("us", "UTC")),
            "day": pa.array([each.day for each in labels], pa.string()),
        }
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    headers = {"Content-Disposition": f'attachment; filename="{found.slug}-labels.parquet"'}
    return Response(sink.getvalue().to_pybytes(), media_type=PARQUET, headers=headers)


def labels_status(deployment: Deployment, work: Work) -> LabelsStatus:
    return LabelsStatus(**vars(work.labels.status(deployment.id)), late=late_labels(deployment, work=work).all)


def show_arrived(found: Arrived) -> dict[str, Any]:
    return asdict(found)


def show_label(label: Label, question: Question) -> LabelShown:
    return LabelShown(
        id=label.row,
        value=_value(label, question),
        received=label.received,
        given_by=label.given_by,
        day=label.day,
    )


def _value(label: Label, question: Question) -> float | str:
    return label.value if question.classes is None else question.classes[int(label.value)]


def _take(deployment: str, body: bytes, media: str, permit: Permit, assembly: Assembly) -> LabelsSent:
    given = _from_parquet(body) if media == PARQUET else _from_json(body)
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        sent = send_labels(
            found.id,
            given,
            classes=question_of(found, work=work).classes,
            given_by=permit.identity.name[:80],
            labels=work.labels,
            clock=assembly.clock,
        )
    assembly.store.sync()
    return show_sent(sent)


def show_sent(sent: Sent) -> LabelsSent:
    reasons = [LabelRefused(place=each.place, id=each.id, reason=each.reason) for each in sent.refused[:NAMED]]
    counts = {name: getattr(sent, name) for name in ("received", "stored", "repeated", "corrected")}
    return LabelsSent(**counts, refused=len(sent.refused), reasons=reasons)


def _from_json(body: bytes) -> Sequence[Any]:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LabelsRefused(f"The body is no JSON: {error}.", fields=("body",)) from None
    labels = said.get("labels") if isinstance(said, dict) else None
    if not isinstance(labels, list):
        raise LabelsRefused('Send {"labels": [{"id": ..., "value": ...}, ...]}.', fields=("labels",))
    return labels


def _from_parquet(body: bytes) -> Sequence[Any]:
    try:
        file = pq.ParquetFile(pa.BufferReader(body))
        rows, names = file.metadata.num_rows, file.schema_arrow.names
        if rows > MOST or not {"id", "value"} <= set(names):
            raise LabelsRefused(
                f"The Parquet file has to have the columns id and value and at most {MOST:,} rows; it has "
                f"{', '.join(names)} and {rows:,}.",
                fields=("body",),
            )
        found: list[Any] = file.read(columns=["id", "value"]).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise LabelsRefused(f"The body is no Parquet file: {error}.", fields=("body",)) from None
    return found
