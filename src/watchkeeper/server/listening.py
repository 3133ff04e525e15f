"""An ASGI application on a listening socket that the supervisor holds."""

import asyncio
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn

from watchkeeper.server.connection import Connection, Lines
from watchkeeper.server.heads import Heads
from watchkeeper.server.orders import Orders
from watchkeeper.server.settings import Settings
from watchkeeper.server.shortcut import Shortcut

GRACE = 5
KEEP_ALIVE = 75
"""Seconds after which an idle connection is closed. Clients give theirs up after fewer, so that they seldom send a
request into one that is just being closed."""
IDLE = 6.0
"""The same for a process that drains; httpx gives a connection up after five."""
DRAINED_WITHIN = 60


class Server(uvicorn.Server):
    """Serves once it may. Told to drain, it takes no connection any more, answers each request that still comes on
    those that are there, saying that it is the last, and ends when none is left or all are idle."""

    def __init__(
        self, config: uvicorn.Config, *, orders: Orders, lacking: Callable[[], str | None], ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._orders = orders
        self._lacking = lacking
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        begin = self.lifespan.startup

        async def begin_and_wait() -> None:
            await begin()
            await self._orders.permission(self._lacking)
            self._ready()

        self.lifespan.startup = begin_and_wait
        await super().startup(sockets)

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._orders.draining

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._orders.draining and not self.should_exit:
            await self._drain(sockets or [])
        await super().shutdown(sockets)

    async def _drain(self, sockets: list[socket.socket]) -> None:
        for server in self.servers:
            server.close()
        for each in sockets:
            each.close()
        state = self.server_state
        state.default_headers = [*state.default_headers, (b"connection", b"close")]
        for connection in state.connections:
            _last(getattr(connection, "cycle", None))
        until = time.monotonic() + IDLE
        while state.connections and time.monotonic() < until and not self.should_exit:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        self.config.timeout_graceful_shutdown = DRAINED_WITHIN


def _last(request: Any) -> None:
    """Let a request under way be its connection's last. One whose answer has begun promised the opposite."""
    if request is not None and not request.response_started:
        request.keep_alive = False


def listen(
    app: Any,
    *,
    settings: Settings,
    listener: socket.socket | None,
    orders: Orders,
    lacking: Callable[[], str | None] = str,
    ready: Callable[[], None] = lambda: None,
    shortcut: Shortcut | None = None,
) -> None:
    """Serve until SIGTERM, after which requests under way get some seconds to end, or until drained. `ready` is called
    once it serves; usual requests may take the `shortcut`."""
    if listener is None:
        raise TypeError("this process needs its listening socket")
    http: Any = partial(Connection, shortcut=shortcut, heads=Heads(), lines=Lines())
    config = uvicorn.Config(
        app,
        http=http,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        proxy_headers=bool(settings.behind_proxy),
        forwarded_allow_ips=list(settings.behind_proxy) or None,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )
    Server(config, orders=orders, lacking=lacking, ready=ready).run(sockets=[listener])
