"""A call that has not come to its turn by its deadline is refused, and neither computed nor recorded."""

import asyncio
import json
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.unit.plane.conftest import ADDRESS, KEY, Adding, Reply, World, request
from watchkeeper.learning.model import Answers
from watchkeeper.server.plane import crowd
from watchkeeper.server.plane.protocols.json_rows import JsonRows

PATH = f"/v1/deployments/{ADDRESS}/predict"
ROW = {"size": 2.0, "rooms": 3}
LARGE = json.dumps({"rows": [ROW] * 9}).encode()


def headers(timeout: str) -> dict[str, str]:
    return {"authorization": f"Bearer {KEY}", "x-request-timeout": timeout}


def test_a_call_with_time_left_is_answered(world: World) -> None:
    for timeout in ("30", "0.5", " 2.5 ", "1e9"):
        assert world.call(ROW, headers={"x-request-timeout": timeout}).status == 200


@pytest.mark.parametrize("timeout", ["", "soon", "0", "-1", "nan", "inf", "5s"])
def test_what_is_no_time_is_refused(world: World, timeout: str) -> None:
    reply = world.call(ROW, headers={"x-request-timeout": timeout})
    assert (reply.status, reply.json["code"]) == (422, "deadline-refused")
    assert reply.json["fields"] == ["x-request-timeout"]
    assert world.record.frames == []


def test_one_whose_time_is_over_is_not_computed(world: World) -> None:
    reply = world.call(ROW, headers={"x-request-timeout": "0.000000001"})
    assert (reply.status, reply.json["code"]) == (504, "deadline-passed")
    assert world.record.frames == []
    assert 'status="504"' in world.get("/metrics").body.decode()


@pytest.mark.parametrize(("longest", "said"), [(60.0, {"x-request-timeout": "0.05"}), (0.05, {})])
def test_a_body_that_is_late_for_it_is_not_waited_for(world: World, longest: float, said: Mapping[str, str]) -> None:
    world.plane._longest_call = longest
    sent: list[Any] = []

    async def never() -> dict[str, Any]:
        await asyncio.sleep(60)
        raise AssertionError("not waited for")

    async def send(message: Any) -> None:
        sent.append(message)

    given = {"authorization": f"Bearer {KEY}", **said}
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    asyncio.run(world.plane({"type": "http", "method": "POST", "path": PATH, "headers": raw}, never, send))
    assert sent[0]["status"] == 504
    assert world.plane._crowd.calls == 0


def test_a_large_call_leaves_the_queue_at_its_deadline(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, computed, adding = threading.Event(), [], Adding.answer

    def slow(model: Adding, columns: Any, at: Sequence[int]) -> Answers:
        computed.append(len(at))
        if threading.current_thread().name.startswith("large"):
            gate.wait(20)
        return adding(model, columns, at)

    monkeypatch.setattr(Adding, "answer", slow)
    monkeypatch.setattr(JsonRows, "small", 10)
    monkeypatch.setattr(crowd, "LARGE_AT_ONCE", 1)
    world.plane._crowd = crowd.Crowd()

    async def story() -> tuple[Reply, Reply, float]:
        first = asyncio.create_task(request(world.plane, PATH, LARGE, "POST", headers("0.2")))
        await asyncio.sleep(0.05)
        begun = time.monotonic()
        second = await request(world.plane, PATH, LARGE, "POST", headers("0.1"))
        taken = time.monotonic() - begun
        await asyncio.sleep(0.2)
        gate.set()
        return await first, second, taken

    first, second, taken = asyncio.run(story())
    assert (first.status, second.status) == (200, 504)  # what is begun is ended
    assert 0.05 < taken < 2.0
    assert computed == [9]
    assert (world.plane._crowd.large, world.plane._crowd.calls) == (0, 0)
