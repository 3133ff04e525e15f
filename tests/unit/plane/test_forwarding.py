"""A deployment with a process of its own: answered here until that is ready, then there, and harming nobody here."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.plane.conftest import ADDRESS, KEY, Reply, World, request, routing
from watchkeeper.server.plane import forwarding
from watchkeeper.server.plane.forwarding import Forwarding
from watchkeeper.server.plane.table import Table
from watchkeeper.serving.errors import OwnProcessGone

ROW = {"size": 2.0, "rooms": 3}
PATH = f"/v1/deployments/{ADDRESS}/predict"
OTHER = "homes.rents"
HEADERS = {"authorization": f"Bearer {KEY}"}
FINE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n" + b'{"value": 1}'


@dataclass
class Own:
    """The process of its own: what it was asked, and what it answers (nothing: it hangs; b"": it ends)."""

    place: str
    answer: bytes | None = FINE
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(length))
                if self.answer is None:
                    await asyncio.sleep(60)
                if not self.answer:
                    return
                writer.write(self.answer)
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()


@asynccontextmanager
async def own_process(answer: bytes | None = FINE) -> AsyncIterator[Own]:
    with tempfile.TemporaryDirectory() as directory:  # a socket's path may not be long
        own = Own(str(Path(directory) / "own.sock"), answer)
        server = await asyncio.start_unix_server(own.serve, own.place)
        try:
            yield own
        finally:
            server.close()


def isolate(world: World, sockets: Mapping[str, str]) -> None:
    route = routing(isolation="process", release=2).routes[ADDRESS]
    other = replace(route, deployment="d2", address=OTHER, isolation="shared")
    world.table._apart = lambda: sockets
    world.source.change(routes={ADDRESS: route, "d1": route, OTHER: other, "d2": other})
    world.table.look()


def call(world: World, body: Any = ROW, *, path: str = PATH, headers: Mapping[str, str] = HEADERS) -> Any:
    return request(world.plane, path, json.dumps(body).encode(), "POST", headers)


def told(world: World, play: Callable[[], Any]) -> Any:
    async def whole() -> Any:
        try:
            return await play()
        finally:
            world.plane._forwarding.close()
            await asyncio.sleep(0)

    return asyncio.run(whole())


def test_it_is_answered_here_until_its_own_process_is_ready(world: World) -> None:
    async def story() -> tuple[Reply, Reply, Own]:
        async with own_process() as own:
            sockets: dict[str, str] = {}
            isolate(world, sockets)
            here = await call(world)
            sockets = {"d1": own.place}
            world.table._apart = lambda: sockets
            world.table.look()
            return here, await call(world), own

    here, there, own = told(world, story)
    assert (here.status, here.json["release"]) == (200, 1)
    assert (there.status, there.json) == (200, {"value": 1})
    assert own.asked[0].startswith(f"POST {PATH} HTTP/1.1\r\n".encode())
    assert f"authorization: Bearer {KEY}".encode() in own.asked[0]
    assert own.asked[0].endswith(json.dumps(ROW).encode())
    assert [frame.release for frame in world.record.frames] == [1]  # the own process keeps its own record


def test_one_that_has_never_been_ready_is_awaited_elsewhere(world: World) -> None:
    world.source.change(routes={})
    world.table.look()
    isolate(world, {})
    reply = told(world, lambda: call(world))
    assert (reply.status, reply.json["code"], reply.headers["retry-after"]) == (503, "not-loaded", "1")


def test_it_is_not_taken_there_without_a_key(world: World) -> None:
    async def story() -> tuple[Reply, Own]:
        async with own_process() as own:
            isolate(world, {"d1": own.place})
            return await call(world, headers={}), own

    reply, own = told(world, story)
    assert (reply.status, own.asked) == (401, [])


def test_its_refusals_come_back_as_they_are_and_its_connection_is_used_again(world: World) -> None:
    refused = b"HTTP/1.1 422 X\r\ncontent-type: application/problem+json\r\ncontent-length: 2\r\n\r\n{}"

    async def story() -> tuple[list[Reply], Own]:
        async with own_process(refused) as own:
            isolate(world, {"d1": own.place})
            return [await call(world) for _ in range(3)], own

    replies, own = told(world, story)
    assert {(reply.status, reply.headers["content-type"]) for reply in replies} == {(422, "application/problem+json")}
    assert (len(own.asked), own.connections) == (3, 1)


@pytest.mark.parametrize("idle", [0.0, 60.0])
def test_a_connection_that_is_closed_or_was_idle_is_not_used_again(
    world: World, monkeypatch: pytest.MonkeyPatch, idle: float
) -> None:
    last = FINE.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
    monkeypatch.setattr(forwarding, "IDLE", idle)

    async def story() -> tuple[list[Reply], Own]:
        async with own_process(FINE if idle == 0.0 else last) as own:
            isolate(world, {"d1": own.place})
            return [await call(world) for _ in range(3)], own

    replies, own = told(world, story)
    assert [reply.status for reply in replies] == [200] * 3
    assert own.connections == 3


def test_when_it_dies_in_a_call_that_one_is_told_and_the_next_is_answered(world: World) -> None:
    async def story() -> tuple[Reply, Reply]:
        async with own_process(b"") as own:
            isolate(world, {"d1": own.place})
            broken = await call(world)
            own.answer = FINE
            return broken, await call(world)

    broken, answered = told(world, story)
    assert (broken.status, broken.json["code"], broken.headers["retry-after"]) == (503, "own-process-gone", "1")
    assert answered.status == 200


def test_when_it_hangs_others_are_answered_and_no_more_than_some_calls_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "MOST_CALLS", 2)

    async def story() -> tuple[list[bool], Reply, Reply]:
        async with own_process(None) as own:
            isolate(world, {"d1": own.place})
            waiting = [asyncio.create_task(call(world)) for _ in range(2)]
            await asyncio.sleep(0.05)
            refused = await call(world)
            other = await call(world, path=PATH.replace(ADDRESS, OTHER))
            early = [task.done() for task in waiting]
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            return early, refused, other

    early, refused, other = told(world, story)
    assert early == [False, False]
    assert (refused.status, refused.json["code"]) == (503, "overloaded")
    assert other.status == 200


def test_an_answer_is_not_awaited_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "BEYOND", 0.05)

    async def story() -> Reply:
        async with own_process(None) as own:
            isolate(world, {"d1": own.place})
            reply: Reply = await call(world, headers={**HEADERS, "x-request-timeout": "0.05"})
            return reply

    assert told(world, story).json["code"] == "own-process-gone"


def test_its_own_process_knows_no_other_deployment(world: World) -> None:
    isolate(world, {})
    own = Table(world.source, clock=world.clock, own="d1")
    own.look()
    assert [served.route.deployment for served in own.all()] == ["d1"]
    assert own.all()[0].apart is None
    assert own.all()[0].complete


def test_shared_again_it_is_answered_here_once_it_is_loaded(world: World) -> None:
    isolate(world, {"d1": "/nowhere"})
    assert world.table.all()[0].describe() == {"release": 2, "apart": True}
    world.source.change(routes=routing(release=3).routes)
    world.table.look()
    reply = told(world, lambda: call(world))
    assert (reply.status, reply.json["release"]) == (200, 3)


def test_what_does_not_answer_at_all_is_said() -> None:
    with pytest.raises(OwnProcessGone):
        asyncio.run(
            Forwarding().ask("/nowhere/at/all.sock", {"method": "GET", "path": "/", "headers": []}, b"", until=0)
        )
