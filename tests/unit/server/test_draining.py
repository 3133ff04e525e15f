"""A process that drains answers what still comes on its connections, each for the last time, and takes no more."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn

from watchkeeper.server import listening
from watchkeeper.server.listening import Server
from watchkeeper.server.orders import Orders, lines_of

ASK = b"GET /quick HTTP/1.1\r\nhost: here\r\n\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Story = Callable[[Orders, Callable[[], Awaitable[Connection]]], Awaitable[None]]


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(0.5)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def ask(connection: Connection, request: bytes = ASK) -> tuple[bool, bytes]:
    """Whether the answer is the last one, and its body."""
    reader, writer = connection
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    return b"connection: close" in head, await reader.readexactly(2)


def told(orders: Orders, what: str) -> None:
    getattr(orders, f"_{what}").set()


async def played(story: Story, *, orders: Orders) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    place = listener.getsockname()
    server = Server(uvicorn.Config(app, log_config=None), orders=orders, lacking=str, ready=lambda: None)
    serving = asyncio.create_task(server._serve([listener]))

    made: list[Connection] = []

    async def connect() -> Connection:
        made.append(await asyncio.open_connection(*place))
        return made[-1]

    try:
        await story(orders, connect)
        await asyncio.wait_for(serving, 20)
    finally:
        for _, writer in made:
            writer.close()
        await asyncio.sleep(0.05)


def test_each_connection_gets_the_answer_it_waits_for_and_is_told_that_it_is_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "IDLE", 1.0)

    async def story(orders: Orders, connect: Callable[[], Awaitable[Connection]]) -> None:
        used, fresh, slow, idle = [await connect() for _ in range(4)]
        assert await ask(used) == (False, b"ok")
        waiting = asyncio.create_task(ask(slow, ASK.replace(b"quick", b"slow")))
        await asyncio.sleep(0.1)
        told(orders, "drain")
        await asyncio.sleep(0.3)
        with pytest.raises(ConnectionRefusedError):
            await connect()
        assert await ask(used) == (True, b"ok")
        assert await ask(fresh) == (True, b"ok")
        assert await waiting == (True, b"ok")
        for reader, _ in (used, fresh, slow, idle):
            assert await reader.read() == b""

    asyncio.run(played(story, orders=Orders()))


def test_a_process_that_is_held_says_how_it_stands_and_serves_once_it_is_told() -> None:
    says, ready = os.pipe()
    orders = Orders(ready)

    async def story(orders: Orders, connect: Callable[[], Awaitable[Connection]]) -> None:
        early = await connect()
        asking = asyncio.create_task(ask(early))
        assert await asyncio.to_thread(os.read, says, 100) == b"\n"
        await asyncio.sleep(0.2)
        assert not asking.done()
        assert not orders.serving
        told(orders, "serve")
        assert await asking == (False, b"ok")
        told(orders, "drain")
        assert await ask(early) in {(False, b"ok"), (True, b"ok")}
        assert not orders.serving
        early[1].close()  # or it would be waited for

    asyncio.run(played(story, orders=orders))
    os.close(says)


def test_orders_are_lines_however_they_arrive() -> None:
    reads, writes = os.pipe()
    for piece in (b'{"a": 1}\nser', b"ve\ndrain\n", b"cut short"):
        os.write(writes, piece)
    os.close(writes)
    assert list(lines_of(reads)) == [b'{"a": 1}', b"serve", b"drain"]
    os.close(reads)
