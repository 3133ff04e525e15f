"""The plane's ASGI application: one route that predicts, and its health."""

import asyncio
import logging
import time
from collections.abc import Coroutine, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from watchkeeper.clock import Clock
from watchkeeper.errors import NotFound, WatchkeeperError
from watchkeeper.names import new_ids
from watchkeeper.server.exposing import MEDIA_TYPE as PROMETHEUS
from watchkeeper.server.notices import Notices
from watchkeeper.server.plane.answering import answer
from watchkeeper.server.plane.bodies import Bodies, BodyCutShort, Message, Receive
from watchkeeper.server.plane.call import Call, begin
from watchkeeper.server.plane.challenging import Challenging
from watchkeeper.server.plane.crowd import Crowd
from watchkeeper.server.plane.deadline import deadline_of
from watchkeeper.server.plane.extras import NOTHING, extras_in
from watchkeeper.server.plane.forwarding import Forwarding
from watchkeeper.server.plane.metrics import Fared, Metrics
from watchkeeper.server.plane.protocols.with_extras import WithExtras
from watchkeeper.server.plane.rates import Header, RateExceeded, Rates
from watchkeeper.server.plane.replying import JSON, Reply, Send, encode, refusal, reply, told, unforeseen
from watchkeeper.server.plane.reporting import Reporting, Unrecorded, none_unrecorded
from watchkeeper.server.plane.routes import PREFIX, SUFFIX, Asking, Wish, asking_of
from watchkeeper.server.plane.short_way import ShortWay
from watchkeeper.server.plane.syncing import EVERY, Syncing
from watchkeeper.server.plane.table import METRICS, Table
from watchkeeper.server.plane.telling import Telling
from watchkeeper.server.plane.turns import Turns
from watchkeeper.server.pulse import Pulse
from watchkeeper.server.shortcut import NoShortcut, Shortcut
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.errors import NoDeployment
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.ports import Record, StatusBoard
from watchkeeper.serving.routing import Caller

log = logging.getLogger(__name__)
EXTENSIONS = ["binary_tensor_data"]
BEAT_EVERY = 0.2
LONGEST_CALL = 60.0


class MethodNotAllowed(WatchkeeperError):
    status = 405
    code = "method-not-allowed"


class Plane:
    """`largest_body` is in bytes, `longest_call` in seconds. Everything it needs is given; it reads no settings and no
    database."""

    def __init__(
        self,
        *,
        name: str,
        pid: int,
        table: Table,
        record: Record,
        board: StatusBoard,
        clock: Clock,
        figures: Notices | None = None,
        metrics_open: bool = False,
        largest_body: int,
        longest_call: float = LONGEST_CALL,
        crowd: Crowd | None = None,
        pulse: Pulse | None = None,
        rates: Rates | None = None,
        sync_every: float = EVERY,
        unrecorded: Unrecorded = none_unrecorded,
    ) -> None:
        self._table = table
        self._record = record
        self._clock = clock
        self._metrics = Metrics()
        self._bodies = Bodies(largest=largest_body)
        self._longest_call = longest_call
        self._challenging = Challenging(record, clock=clock, metrics=self._metrics)
        self._syncing = Syncing(record, every=sync_every)
        self._crowd = crowd or Crowd()
        self._turns = Turns(record, metrics=self._metrics)
        self._forwarding = Forwarding()
        self._pulse = pulse or Pulse()
        self._rates = rates or Rates()
        self._telling = Telling(
            figures or Notices(name),
            metrics=self._metrics,
            table=table,
            challenging=self._challenging,
            crowd=self._crowd,
            open_to_all=metrics_open,
            unrecorded=unrecorded,
        )
        self._names = new_ids()
        self._reporting = Reporting(
            board, name=name, pid=pid, table=table, rates=self._rates, clock=clock, unrecorded=unrecorded
        )

        self.shortcut: Shortcut = NoShortcut() if self._syncing.waits else self._short_way(largest_body)

    def _short_way(self, largest_body: int) -> ShortWay:
        return ShortWay(
            table=self._table,
            turns=self._turns,
            crowd=self._crowd,
            metrics=self._metrics,
            challenging=self._challenging,
            names=self._names,
            clock=self._clock,
            used=self._reporting.note,
            longest_call=self._longest_call,
            largest_body=largest_body,
        )

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        more: tuple[Header, ...] = ()
        try:
            asking = asking_of(path)
            if asking is not None:
                said = await self._asked(asking, scope, receive)
            elif path == METRICS:
                authorization = _authorization(dict(scope["headers"]))
                said = 200, PROMETHEUS, await self._telling.exposed(authorization)
            else:
                said = self._other(path)
        except BodyCutShort:
            return
        except WatchkeeperError as error:
            if error.status >= 500:
                log.warning("%s: %s", path, error.message)
            said = refusal(error)
            more = error.headers if isinstance(error, RateExceeded) else ()
        except Exception:
            log.exception("unforeseen failure at %s", path)
            said = unforeseen()
        await reply(send, said, more)

    async def _asked(self, asking: Asking, scope: Message, receive: Receive) -> Reply:
        wanted = "POST" if asking.wish is Wish.PREDICTION else "GET"
        try:
            if scope["method"] != wanted:
                raise MethodNotAllowed(f"This is asked for with {wanted}.")
            headers = dict(scope["headers"])
            caller, served = await self._table.admitted(_authorization(headers), asking.address)
            if served.apart is not None:
                return await self._forward(served.apart, scope, headers, receive)
            if asking.version not in {None, str(served.route.release)}:
                raise NoDeployment(f"Release {asking.version} is not in force; ask without a version.")
            if caller.digest:
                self._reporting.note(caller.digest)
            if asking.wish is not Wish.PREDICTION:
                return told(asking, served)
            extras = extras_in(scope.get("query_string", b""))
            until = deadline_of(headers, longest=self._longest_call)
            if caller.rate is not None:
                self._rates.take(caller, caller.rate, served.route.deployment)
            self._crowd.enter()
        except WatchkeeperError as error:
            self._metrics.turned_away(error)
            raise
        fared = self._metrics.entered(served.route)
        try:
            body = await self._body(headers, receive, until)
            protocol, name = asking.protocol(headers), next(self._names)
            if extras is not None or protocol.asks_more(body):
                protocol = WithExtras(protocol, served, extras or NOTHING)
            call = begin(served, protocol, key=caller.key, name=name, until=until, headers=headers)
            return await self._predict(call, body, caller, fared)
        finally:
            fared.under_way -= 1
            self._crowd.leave()

    async def _forward(self, socket: str, scope: Message, headers: Mapping[bytes, bytes], receive: Receive) -> Reply:
        until = deadline_of(headers, longest=self._longest_call)
        body = await self._bodies.whole(headers, receive, until=until) if scope["method"] == "POST" else b""
        return await self._forwarding.ask(socket, scope, body, until=until)

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive, until: float) -> bytes:
        try:
            return await self._bodies.whole(headers, receive, until=until)
        except WatchkeeperError as error:
            self._metrics.turned_away(error)
            raise

    async def _predict(self, call: Call, body: bytes, caller: Caller, fared: Fared) -> Reply:
        status, rows = 500, 0
        parts: Sequence[Frame] = ()
        try:
            answered = await answer(
                call, body, record=self._record, clock=self._clock, crowd=self._crowd, turns=self._turns
            )
            if self._syncing.waits:
                await self._syncing.synced()
        except WatchkeeperError as error:
            status = error.status
            fared.failed(error.code)
            raise
        else:
            status, rows, parts = 200, len(answered.frame.ids), answered.parts
            for frame in answered.frames:
                if frame.owes:
                    self._challenging.owe(call.served, frame)
            return status, answered.media, answered.body
        finally:
            if caller.rate is not None:
                self._rates.answered(caller, rows)
            seconds = time.perf_counter() - call.begun
            for part in parts:
                self._metrics.of(call.served.route, Role(part.role)).called(status, seconds, len(part.ids))
            if not parts:
                fared.called(status, seconds, rows)

    def _other(self, path: str) -> Reply:
        match path:
            case "/health/live" | "/v2/health/live":
                return 200, JSON, b'{"state":"alive"}'
            case "/health/ready" | "/v2/health/ready":
                if self._table.ready:
                    return 200, JSON, b'{"state":"ready"}'
                return 503, JSON, b'{"state":"not ready"}'
            case "/v2":
                return (
                    200,
                    JSON,
                    encode({"name": "watchkeeper", "version": version("watchkeeper"), "extensions": EXTENSIONS}),
                )
        raise NotFound(f"There is nothing at {path}. Predictions: POST {PREFIX}ADDRESS{SUFFIX}.")

    async def _live(self, receive: Receive, send: Send) -> None:
        """The tasks beside the requests, for as long as the server runs."""
        tasks: list[asyncio.Task[None]] = []
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._first_look()
                tasks = [asyncio.create_task(work) for work in self._works()]
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                for task in tasks:
                    task.cancel()
                self._forwarding.close()
                self._record.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _works(self) -> tuple[Coroutine[Any, Any, None], ...]:
        return (
            self._table.follow(),
            self._challenging.answer(),
            self._reporting.report(),
            self._telling.tell(),
            self._syncing.sync(),
            self._beat(),
        )

    async def _first_look(self) -> None:
        """One that fails is made again by the following; until then this process is not ready."""
        try:
            await asyncio.to_thread(self._table.look)
        except Exception:
            log.exception("the routing can't be read yet; trying again")

    async def _beat(self) -> None:
        while True:
            self._pulse.beat()
            await asyncio.sleep(BEAT_EVERY)


def _authorization(headers: Mapping[bytes, bytes]) -> str:
    return headers.get(b"authorization", b"").decode("latin-1")
