"""The plane's ASGI application: one route that predicts, and its health."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import msgspec

from watchkeeper.clock import Clock
from watchkeeper.errors import NotFound, WatchkeeperError
from watchkeeper.server.plane.answering import answer, begin
from watchkeeper.server.plane.challenging import Challenging
from watchkeeper.server.plane.metrics import Metrics
from watchkeeper.server.plane.table import Table
from watchkeeper.server.problem import MEDIA_TYPE, problem
from watchkeeper.serving.errors import BodyTooLarge, RowsRefused
from watchkeeper.serving.ports import Record, StatusBoard

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)
PREFIX, SUFFIX = "/v1/deployments/", "/predict"
REPORT_EVERY = 1.0
SYNC_EVERY = 1.0
JSON = "application/json"

_encode = msgspec.json.Encoder().encode


class BodyCutShort(Exception):
    """The caller went away before the whole body had come."""


class MethodNotAllowed(WatchkeeperError):
    status = 405
    code = "method-not-allowed"


class Plane:
    """`largest_body` is in bytes. Everything it needs is given; it reads no settings and no database."""

    def __init__(
        self,
        *,
        name: str,
        pid: int,
        table: Table,
        record: Record,
        board: StatusBoard,
        clock: Clock,
        metrics: Metrics,
        largest_body: int,
    ) -> None:
        self._name = name
        self._pid = pid
        self._table = table
        self._record = record
        self._board = board
        self._clock = clock
        self._metrics = metrics
        self._largest_body = largest_body
        self._challenging = Challenging(record, clock=clock)
        self._used: dict[str, datetime] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        try:
            if path.startswith(PREFIX) and path.endswith(SUFFIX):
                status, media, body = await self._predict(scope, receive)
            else:
                status, media, body = self._other(path)
        except BodyCutShort:
            return
        except WatchkeeperError as error:
            if error.status >= 500:
                log.warning("%s: %s", path, error.message)
            status, media, body = _problem(error)
        except Exception:
            log.exception("unforeseen failure at %s", path)
            status, media = 500, MEDIA_TYPE
            body = _encode(problem(500, "unforeseen", "Something failed that should not. It is in the plane's log."))
        await _send(send, status, media, body)

    async def _predict(self, scope: Message, receive: Receive) -> tuple[int, str, bytes]:
        try:
            if scope["method"] != "POST":
                raise MethodNotAllowed("Predictions are asked for with POST.")
            headers = dict(scope["headers"])
            authorization = headers.get(b"authorization", b"").decode("latin-1")
            address = unquote(scope["path"][len(PREFIX) : -len(SUFFIX)])
            caller, served = await self._table.admitted(authorization, address)
            self._used[caller.digest] = self._clock.now()
            body = await self._body(headers, receive)
        except WatchkeeperError as error:
            self._metrics.turned_away(error.status)
            raise
        call, status = begin(served, key=caller.key), 500
        try:
            answered = await answer(call, body, record=self._record, clock=self._clock)
            if answered.frame.owes:
                self._challenging.owe(served, answered.frame)
            status = 200
            return status, JSON, _encode(answered.document)
        except WatchkeeperError as error:
            status = error.status
            raise
        finally:
            self._metrics.called(served.route, status=status, seconds=time.perf_counter() - call.begun)

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        declared = headers.get(b"content-length", b"0")
        too_large = BodyTooLarge(
            f"The body is larger than the {self._largest_body:,} bytes that are taken; send fewer rows a call.",
            fields=("body",),
        )
        if declared.isdigit() and int(declared) > self._largest_body:
            raise too_large
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise RowsRefused("Send the body as plain JSON, not compressed.", fields=("content-encoding",))
        pieces, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise BodyCutShort
            piece = message.get("body", b"")
            size += len(piece)
            if size > self._largest_body:
                raise too_large
            pieces.append(piece)
            if not message.get("more_body"):
                return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _other(self, path: str) -> tuple[int, str, bytes]:
        match path:
            case "/health/live":
                return 200, JSON, b'{"state":"alive"}'
            case "/health/ready":
                if self._table.ready:
                    return 200, JSON, b'{"state":"ready"}'
                return 503, JSON, b'{"state":"not ready"}'
            case "/metrics":
                waiting, deferred = self._challenging.rows, self._challenging.deferred
                return 200, Metrics.MEDIA_TYPE, self._metrics.exposed(waiting=waiting, deferred=deferred)
        raise NotFound(f"There is nothing at {path}. Predictions: POST {PREFIX}ADDRESS{SUFFIX}.")

    async def _live(self, receive: Receive, send: Send) -> None:
        """The tasks beside the requests, for as long as the server runs."""
        tasks: list[asyncio.Task[None]] = []
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._first_look()
                works = (self._table.follow(), self._challenging.answer(), self._report(), self._sync())
                tasks = [asyncio.create_task(work) for work in works]
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                for task in tasks:
                    task.cancel()
                self._record.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _first_look(self) -> None:
        """One that fails is made again by the following; until then this process is not ready."""
        try:
            await asyncio.to_thread(self._table.look)
        except Exception:
            log.exception("the routing can't be read yet; trying again")

    async def _report(self) -> None:
        while True:
            try:
                used, self._used = self._used, {}
                status = {"deployments": {each.route.deployment: each.describe() for each in self._table.all()}}
                await asyncio.to_thread(self._board.report, self._name, self._pid, status, used=used)
            except Exception:
                log.exception("this process's state can't be reported; trying again")
            await asyncio.sleep(REPORT_EVERY)

    async def _sync(self) -> None:
        while True:
            await asyncio.sleep(SYNC_EVERY)
            try:
                await asyncio.to_thread(self._record.sync)
            except OSError:
                log.exception("the journal can't be put on the disk; trying again")


def _problem(error: WatchkeeperError) -> tuple[int, str, bytes]:
    return error.status, MEDIA_TYPE, _encode(problem(error.status, error.code, error.message, error.fields))


async def _send(send: Send, status: int, media: str, body: bytes) -> None:
    headers = [(b"content-type", media.encode()), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    elif status == 503:
        headers.append((b"retry-after", b"1"))
    elif status == 413:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
