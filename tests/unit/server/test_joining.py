"""What is written in one turn leaves at once, in order, and nothing is lost by closing."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from watchkeeper.server.joining import MOST_HELD, Joining, JoiningProtocol


class Sent:
    """A transport that remembers what it was given."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closed_after: int | None = None

    def write(self, data: bytes) -> None:
        self.pieces.append(data)

    def close(self) -> None:
        self.closed_after = len(self.pieces)

    def is_closing(self) -> bool:
        return self.closed_after is not None

    def get_extra_info(self, name: str) -> None:
        """It is connected to nobody."""


def over(work: Callable[[Joining, Sent], Awaitable[Any]]) -> Sent:
    async def run() -> Sent:
        sent = Sent()
        await work(Joining(sent, asyncio.get_running_loop()), sent)  # type: ignore[arg-type]
        await asyncio.sleep(0)
        return sent

    return asyncio.run(run())


def test_an_answers_head_and_body_leave_by_one_write_each_turn() -> None:
    async def two_answers(joining: Joining, sent: Sent) -> None:
        joining.write(b"head")
        joining.writelines([b"bo", b"dy"])
        assert sent.pieces == []
        await asyncio.sleep(0)
        joining.write(b"next")

    assert over(two_answers).pieces == [b"headbody", b"next"]


def test_much_leaves_before_the_turn_ends() -> None:
    async def stream(joining: Joining, sent: Sent) -> None:
        for _ in range(5):
            joining.write(b"x" * (MOST_HELD // 2))
        assert len(sent.pieces) == 2

    assert sum(map(len, over(stream).pieces)) == 5 * (MOST_HELD // 2)


def test_what_is_held_back_leaves_before_the_connection_closes() -> None:
    async def last(joining: Joining, sent: Sent) -> None:
        joining.write(b"bye")
        joining.close()
        assert joining.is_closing()
        assert sent.pieces == [b"bye"]

    sent = over(last)
    assert (sent.pieces, sent.closed_after) == ([b"bye"], 1)


@pytest.mark.parametrize("head", ["Content-Length: -5", "Content-Length: 1\r\nContent-Length: 2", "Content-Length: x"])
def test_what_lies_about_its_length_is_told_as_other_failures_are(head: str) -> None:
    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError((scope, receive, send))

    async def none() -> Sent:
        sent = Sent()
        config = uvicorn.Config(nothing, log_config=None, lifespan="off")
        config.load()
        protocol = JoiningProtocol(config, ServerState(), {})
        protocol.connection_made(sent)  # type: ignore[arg-type]
        protocol.data_received(f"POST / HTTP/1.1\r\n{head}\r\n\r\n".encode())
        return sent

    sent = asyncio.run(none())
    head_of, _, body = b"".join(sent.pieces).partition(b"\r\n\r\n")
    assert head_of.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head_of
    assert (json.loads(body)["code"], sent.is_closing()) == ("not-http", True)


@pytest.mark.parametrize("name", ["Upgrade", "upgrade"])
def test_a_client_that_offers_another_protocol_keeps_its_body(name: str) -> None:
    found = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.append((scope["type"], (await receive())["body"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def offered() -> None:
        config = uvicorn.Config(app, log_config=None, lifespan="off")
        config.load()
        protocol = JoiningProtocol(config, ServerState(), {})
        protocol.connection_made(Sent())  # type: ignore[arg-type]
        head = f"POST / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\n{name}: h2c\r\nContent-Length: 4\r\n\r\n"
        protocol.data_received(head.encode() + b"body")
        for _ in range(5):
            await asyncio.sleep(0)

    asyncio.run(offered())
    assert found == [("http", b"body")]


def test_a_body_that_looks_like_an_offer_comes_as_it_was_sent() -> None:
    sent, found = b"POST / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        while message["more_body"]:
            message |= {"body": message["body"] + (more := await receive())["body"], "more_body": more["more_body"]}
        found.append((scope["type"], message["body"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def in_two_pieces() -> None:
        config = uvicorn.Config(app, log_config=None, lifespan="off")
        config.load()
        protocol = JoiningProtocol(config, ServerState(), {})
        protocol.connection_made(Sent())  # type: ignore[arg-type]
        protocol.data_received(f"POST / HTTP/1.1\r\nContent-Length: {len(sent)}\r\n\r\n".encode())
        await asyncio.sleep(0)
        protocol.data_received(sent)
        for _ in range(5):
            await asyncio.sleep(0)

    asyncio.run(in_two_pieces())
    assert found == [("http", sent)]
