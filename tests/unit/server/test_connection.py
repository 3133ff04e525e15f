"""A connection speaks HTTP as it is spoken, and takes the shortcut only where nothing is different by it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.fakes.wire import TURNS, Sent, connection, say, turns
from watchkeeper.server.connection import BODY_WITHIN, Connection
from watchkeeper.server.heads import LARGEST_BODY, LONGEST, Heads
from watchkeeper.server.shortcut import Headers, Tell, Way

PLAIN = ("POST /short HTTP/1.1", "host: here", "content-length: 4")


class Echo:
    """Answers in the next turn of the loop with what it was sent; what begins with `x` goes the whole way at once, what
    begins with `y` after all."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def way(self, method: bytes, url: bytes, headers: Headers) -> Way | None:  # noqa: ARG002
        return self._goes if url == b"/short" else None

    def _goes(self, body: bytes, tell: Tell) -> bool:
        if body.startswith(b"x"):
            return False
        self.asked.append(body)
        answer = None if body.startswith(b"y") else (b"by: shortcut\r\n", body)
        asyncio.get_running_loop().call_soon(tell, answer)
        return True


async def whole(scope: Any, receive: Any, send: Any) -> None:
    """The same, and says that it came the whole way."""
    body = b""
    assert scope["type"] == "http"
    while True:
        message = await receive()
        body += message["body"]
        if not message["more_body"]:
            break
    headers = [(b"by", b"whole way"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def request(body: bytes = b"body", *, lines: tuple[str, ...] = PLAIN, end: str = "\r\n") -> bytes:
    return end.join([*lines, "", ""]).encode() + body


@dataclass
class Talk:
    sent: Sent
    echo: Echo

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Which way each came, and what it said."""
        return answers(self.sent.heard)


def heard(*pieces: bytes, apart: int = TURNS, learned: bool = True) -> list[tuple[str, str]]:
    return talk(lambda on: say(on, pieces, apart=apart), learned=learned).answers


def talk(work: Callable[[Connection], Awaitable[None]], *, learned: bool = True) -> Talk:
    """With the head read before, where `learned`."""

    async def run() -> Talk:
        heads, echo, sent = Heads(), Echo(), Sent()
        failed: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
        if learned:
            await say(connection(whole, Sent(), shortcut=echo, heads=heads), [request()])
        await work(connection(whole, sent, shortcut=echo, heads=heads))
        assert failed == []
        return Talk(sent, echo)

    return asyncio.run(run())


def answers(text: bytes) -> list[tuple[str, str]]:
    found = []
    while text:
        head, _, rest = text.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        length = int(lines["content-length"])
        found.append((lines["by"], rest[:length].decode()))
        text = rest[length:]
    return found


def test_a_head_that_was_read_before_takes_the_shortcut() -> None:
    assert heard(request(), request(b"next"), learned=False) == [("whole way", "body"), ("shortcut", "next")]


def test_what_the_shortcut_does_not_take_goes_the_whole_way_and_the_next_takes_it_again() -> None:
    assert heard(request(b"xbod"), request(b"ybod"), request()) == [
        ("whole way", "xbod"),
        ("whole way", "ybod"),
        ("shortcut", "body"),
    ]


@pytest.mark.parametrize("apart", [0, 1, 12])
def test_answers_come_in_the_order_of_the_requests(apart: int) -> None:
    bodies = [b"1---", b"y2--", b"3---", b"x4--", b"5---", b"y6--", b"7---"]
    assert [body.encode() for _, body in heard(*map(request, bodies), apart=apart)] == bodies
    assert [body.encode() for _, body in heard(b"".join(map(request, bodies)), apart=apart)] == bodies


def test_a_body_that_follows_its_head_takes_the_shortcut_too() -> None:
    head, body = request(b""), b"body"
    assert heard(head, body) == [("shortcut", "body")]
    assert heard(head, b"bo", b"dy") == [("whole way", "body")]


def test_a_body_that_lets_itself_be_waited_for_is_taken_the_whole_way() -> None:
    async def late(on: Connection) -> None:
        on.data_received(request(b""))
        await asyncio.sleep(BODY_WITHIN * 2)
        await say(on, [b"body", request()])

    assert talk(late).answers == [("whole way", "body"), ("shortcut", "body")]


@pytest.mark.parametrize(
    "lines",
    [
        ("POST /short HTTP/1.0", "host: here", "content-length: 4"),
        ("POST /short HTTP/1.1", "host: here", "connection: close", "content-length: 4"),
        ("POST /short HTTP/1.1", "host: here", "expect: 100-continue", "content-length: 4"),
        ("POST /other HTTP/1.1", "host: here", "content-length: 4"),
        ("POST /short HTTP/1.1", "host: here", f"long: {'x' * LONGEST}", "content-length: 4"),
        ("POST /short HTTP/1.1", "host: here", "folded: one", " two", "content-length: 4"),
    ],
)
def test_a_head_that_is_unusual_never_takes_it(lines: tuple[str, ...]) -> None:
    found = talk(lambda on: say(on, [request(lines=lines)] * 2), learned=False)
    assert found.sent.heard.startswith(b"HTTP/1.1 ")
    assert found.echo.asked == []


def test_a_large_body_never_takes_it() -> None:
    body = b"b" * (LARGEST_BODY + 1)
    large = request(body, lines=(*PLAIN[:2], f"content-length: {len(body)}"))
    assert [way for way, _ in heard(large, large)] == ["whole way"] * 2


def test_lines_that_end_otherwise_than_is_usual_are_not_taken_for_a_head() -> None:
    """Its head ends where the parser says, and not at the first empty line of the usual kind."""
    inner = request(b"", lines=("within: it",))
    lines = (*PLAIN[:2], f"content-length: {len(inner)}")
    odd = request(inner, lines=lines, end="\n")
    assert talk(lambda on: say(on, [odd, odd]), learned=False).echo.asked == []


def test_a_server_that_ends_answers_first_and_says_that_it_was_the_last() -> None:
    async def ending(on: Connection) -> None:
        on.data_received(request())
        on.shutdown()
        await turns()

    found = talk(ending)
    assert found.answers == [("shortcut", "body")]
    assert found.sent.is_closing()
    assert b"\r\nconnection: close\r\n" in found.sent.heard


@pytest.mark.parametrize("body", [b"ybod", b""])
def test_so_it_does_where_the_request_goes_the_whole_way_after_all(body: bytes) -> None:
    async def ending(on: Connection) -> None:
        on.data_received(request(body))
        on.shutdown()
        await say(on, [b"" if body else b"late"])

    found = talk(ending)
    assert [way for way, _ in found.answers] == ["whole way"]
    assert found.sent.is_closing()
    assert b"\r\nconnection: close\r\n" in found.sent.heard


def test_who_has_gone_is_told_nothing() -> None:
    async def going(on: Connection) -> None:
        on.data_received(request())
        on._direct.close()
        on.connection_lost(None)
        await turns()

    assert talk(going).answers == []


@pytest.mark.parametrize("behind", [request(), b"GARBAGE\r\n\r\n", request(b"xbod")])
@pytest.mark.parametrize("body", [b"body", b"ybod"])
def test_what_came_behind_from_who_has_gone_is_read_by_nobody(body: bytes, behind: bytes) -> None:
    async def going(on: Connection) -> None:
        on.data_received(request(body))
        on.data_received(behind)
        on._direct.close()
        on.connection_lost(ConnectionResetError())
        await turns()

    assert talk(going).answers == []


def test_behind_the_last_answer_nothing_is_begun() -> None:
    async def ending(on: Connection) -> None:
        on.data_received(request())
        on.data_received(request(b"next"))
        on.shutdown()
        await turns()

    found = talk(ending)
    assert found.answers == [("shortcut", "body")]
    assert found.echo.asked == [b"body"]


def test_an_idle_connection_is_closed_and_one_in_use_is_not() -> None:
    async def idling(on: Connection) -> None:
        await say(on, [request()])
        assert on.timeout_keep_alive_task is not None
        on.timeout_keep_alive_handler()
        assert not on._direct.is_closing()
        on._used_at -= on.timeout_keep_alive
        on.timeout_keep_alive_handler()
        assert on._direct.is_closing()

    assert talk(idling).answers == [("shortcut", "body")]


@pytest.mark.parametrize("head", ["Content-Length: -5", "Content-Length: 1\r\nContent-Length: 2", "Content-Length: x"])
def test_what_lies_about_its_length_is_told_as_other_failures_are(head: str) -> None:
    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError((scope, receive, send))

    async def none() -> Sent:
        sent = Sent()
        connection(nothing, sent).data_received(f"POST / HTTP/1.1\r\n{head}\r\n\r\n".encode())
        return sent

    sent = asyncio.run(none())
    head_of, _, body = sent.heard.partition(b"\r\n\r\n")
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
        head = f"POST / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\n{name}: h2c\r\nContent-Length: 4\r\n\r\n"
        await say(connection(app, Sent()), [head.encode() + b"body"])

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
        head = f"POST / HTTP/1.1\r\nContent-Length: {len(sent)}\r\n\r\n"
        await say(connection(app, Sent()), [head.encode(), sent])

    asyncio.run(in_two_pieces())
    assert found == [("http", sent)]
