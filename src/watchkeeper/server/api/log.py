"""Predictions that were made elsewhere, taken into the journal."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.learning.signature import Signature
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.plane.asking import read_beside
from watchkeeper.serving.coercing import Coercer
from watchkeeper.serving.deployment import Deployment, Release
from watchkeeper.serving.errors import JournalFull, NoRelease, NotJson, NotLoaded, RowsRefused
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.logged import Sent, logged_frame
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])
KNOWN = {"rows", "outputs", "ids", "at", "release", "challenge"}
ANY_LIST: dict[str, Any] = {"type": "array", "items": {}}
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["rows", "outputs"],
                "properties": {
                    "rows": {"type": "array", "items": {"type": "object"}},
                    "outputs": ANY_LIST,
                    "ids": ANY_LIST,
                    "at": {"type": "array", "items": {"type": "string", "format": "date-time"}},
                    "release": {"type": "integer"},
                    "challenge": {"type": "boolean"},
                },
            }
        }
    },
}


class Logged(BaseModel):
    """`ids` are the rows' in the journal, in their order: the caller's own, or derived from what the row says."""

    rows: int
    release: int
    ids: list[str]
    violations: int


@router.post(
    "/deployments/{deployment}/log",
    dependencies=needs(Right.WRITE)["dependencies"],
    openapi_extra={**needs(Right.WRITE)["openapi_extra"], "requestBody": BODY},
)
async def log_predictions(deployment: str, request: Request, permit: ThePermit, assembly: TheAssembly) -> Logged:
    """Take predictions that were made elsewhere into the journal, as the champion's: `{"rows": [...], "outputs":
    [...]}`, with `ids` and `at` as in a call. They are on the disk once this answers, and count within seconds; a row
    that was logged within the last seven days changes nothing."""
    body = await request.body()
    return await run_in_threadpool(lambda: log_rows(deployment, _decoded(body), permit, assembly))


def log_rows(deployment: str, said: Mapping[str, Any], permit: Permit, assembly: Assembly) -> Logged:
    """`said` is as a body says it."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        release = _release(found, said.get("release"), work)
        signature, passed_over = _signature(release, work)
    asked = read_beside(len(said["rows"]), ids=said.get("ids"), at=said.get("at"))
    coerced = Coercer(signature, release.type_policy, passed_over=passed_over)(said["rows"])
    sent = Sent(coerced, said["outputs"], asked.ids, asked.at, challenge=said.get("challenge") is True)
    key = permit.identity.key or ""
    frame = logged_frame(sent, release=release, signature=signature, key=key, now=assembly.clock.now())
    _keep(frame, assembly)
    return Logged(rows=len(frame.ids), release=release.number, ids=frame.ids, violations=len(frame.violations))


def _keep(frame: Frame, assembly: Assembly) -> None:
    """On the disk itself before it is acknowledged."""
    disk = assembly.disk()
    if disk.full:
        raise JournalFull(f"Nothing can be logged: {disk.sentence} Make room on the disk.")
    assembly.record.append(frame)
    try:
        assembly.record.sync()
    except OSError as error:
        raise JournalFull(f"What was logged could not be put on the disk ({error.strerror}). Log it again.") from None


def _release(deployment: Deployment, number: Any, work: Work) -> Release:
    if number is None:
        return work.deployments.current(deployment.id)
    for release in work.deployments.releases(deployment.id):
        if release.number == number:
            return release
    raise NoRelease(f"The deployment has no release {number!r}.", fields=("release",))


def _signature(release: Release, work: Work) -> tuple[Signature, frozenset[str]]:
    """What the release's champion takes, and the columns that it passes over."""
    model = work.experiments.model(release.champion)
    if model is None or model.card is None:
        raise NotLoaded("What the champion takes is not known any more: its model is gone.")
    version = work.experiments.version(model.version)
    dataset = work.datasets.get(version.dataset) if version else None
    names = dataset.schema.names if dataset else ()
    return Signature.from_json(model.card["signature"]), frozenset(names)


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJson(f"The body is no JSON: {error}.", fields=("body",)) from None
    if not isinstance(said, dict) or not all(isinstance(said.get(name), list) for name in ("rows", "outputs")):
        raise RowsRefused('Send {"rows": [{...}, ...], "outputs": [...]}.', fields=("rows", "outputs"))
    if unknown := tuple(sorted(said.keys() - KNOWN)):
        raise RowsRefused(f"The body has {', '.join(unknown)}; it may have {', '.join(sorted(KNOWN))}.", fields=unknown)
    if not all(isinstance(row, dict) for row in said["rows"]):
        raise RowsRefused("A row has to be an object of columns and values.", fields=("rows",))
    return said
