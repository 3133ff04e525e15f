"""More calls than a process takes: the others are told at once to come again, and those under way are answered."""

import asyncio
import json
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.plane.conftest import ADDRESS, KEY, Adding, Reply, World, request
from watchkeeper.learning.model import Answers
from watchkeeper.server.plane import call as calls
from watchkeeper.server.plane.bodies import Bodies
from watchkeeper.server.plane.crowd import Crowd
from watchkeeper.server.plane.protocols.json_rows import JsonRows

PATH = f"/v1/deployments/{ADDRESS}/predict"
BODY = json.dumps({"size": 2.0, "rooms": 3}).encode()
HEADERS = {"authorization": f"Bearer {KEY}"}


async def call(world: World) -> Reply:
    return await request(world.plane, PATH, BODY, "POST", HEADERS)


def crowded(world: World, crowd: Crowd) -> Crowd:
    world.plane._crowd = crowd
    return crowd


def test_a_call_beyond_the_most_is_refused_at_once_and_recorded_nowhere(world: World) -> None:
    crowd = crowded(world, Crowd(most_calls=1))
    crowd.enter()
    reply = asyncio.run(call(world))
    assert (reply.status, reply.json["code"], reply.headers["retry-after"]) == (503, "overloaded", "1")
    assert (world.record.frames, crowd.turned_away) == ([], 1)
    crowd.leave()
    assert asyncio.run(call(world)).status == 200
    assert crowd.calls == 0


def test_a_refused_call_leaves_its_place(world: World) -> None:
    crowd = crowded(world, Crowd(most_calls=1))
    assert world.call(b"[]").status == 422
    assert world.call({"size": 6.66, "rooms": 1}).status == 500
    assert crowd.calls == 0


def test_large_calls_wait_beside_the_loop_up_to_a_number_and_small_ones_pass_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowded(world, Crowd(most_large=1))
    gate, adding = threading.Event(), Adding.answer

    def slow(model: Adding, columns: Any, at: Sequence[int]) -> Answers:
        if threading.current_thread().name.startswith("large"):
            gate.wait(20)
        return adding(model, columns, at)

    monkeypatch.setattr(Adding, "answer", slow)
    monkeypatch.setattr(JsonRows, "small", len(BODY))
    large = json.dumps({"rows": [{"size": 1.0, "rooms": 1}] * 9}).encode()

    async def story() -> tuple[Reply, Reply, Reply]:
        first = asyncio.create_task(request(world.plane, PATH, large, "POST", HEADERS))
        await asyncio.sleep(0.05)
        second = await request(world.plane, PATH, large, "POST", HEADERS)
        small = await call(world)
        gate.set()
        return await first, second, small

    first, second, small = asyncio.run(story())
    assert (first.status, second.status, small.status) == (200, 503, 200)
    assert second.json["code"] == "overloaded"


def test_a_large_call_is_answered_in_stretches_with_the_same_answers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"size": number / 100, "rooms": 1.0} for number in range(250)]
    whole = world.call({"rows": rows}).json["predictions"]
    monkeypatch.setattr(calls, "ROWS_AT_ONCE", 100)
    parts = world.call({"rows": rows}).json["predictions"]
    assert [each["value"] for each in parts] == [each["value"] for each in whole]


def test_who_sends_slowly_gives_up_the_place(world: World) -> None:
    world.plane._bodies = Bodies(largest=1_000, within=0.05)
    sent: list[Any] = []

    async def never() -> dict[str, Any]:
        await asyncio.sleep(60)
        raise AssertionError("not waited for")

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    scope = {"type": "http", "method": "POST", "path": PATH, "headers": headers}
    asyncio.run(world.plane(scope, never, send))
    assert sent[0]["status"] == 408
    assert world.plane._crowd.calls == 0


def test_the_process_says_how_crowded_it_is(world: World) -> None:
    world.call({"rows": [{"size": 1.0, "rooms": 1}] * 9})
    figures = world.figures()
    assert figures["watchkeeper_calls_under_way", ADDRESS, "1", "champion"] == 0
    assert figures["watchkeeper_call_rows_sum", ADDRESS, "1", "champion"] == 9
