"""What several routes owe is gathered route by route, however their calls come."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.plane.conftest import ADDRESS, KEY, Adding, World, request, routing
from watchkeeper.learning.model import Answers
from watchkeeper.server.plane import challenging
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.routing import ModelPlace

OTHER = "homes.rents"
CALLS = 12


@pytest.fixture
def two(world: World) -> World:
    route = routing().routes[ADDRESS]
    rents = replace(route, deployment="d2", address=OTHER, challenger=ModelPlace("m3", "200", "linear"))
    world.source.change(routes={ADDRESS: route, OTHER: rents})
    world.table.look()
    return world


@pytest.fixture
def goes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, int]]:
    """By what each challenger adds, how many rows each of its goes had."""
    found: list[tuple[float, int]] = []
    adding = Adding.answer

    def counted(model: Adding, columns: Any, at: Sequence[int]) -> Answers:
        if model.plus >= 100:
            found.append((model.plus, len(at)))
        return adding(model, columns, at)

    monkeypatch.setattr(Adding, "answer", counted)
    return found


async def calls_in_turn(world: World) -> None:
    for number in range(CALLS):
        path = f"/v1/deployments/{(ADDRESS, OTHER)[number % 2]}/predict"
        body = json.dumps({"size": number % 10, "rooms": 1}).encode()
        await request(world.plane, path, body, "POST", {"authorization": f"Bearer {KEY}"})


def beside(world: World) -> list[Frame]:
    return [frame for frame in world.record.frames if frame.role == Role.CHALLENGER]


async def answered_beside(world: World) -> None:
    answering = asyncio.create_task(world.plane._challenging.answer())
    async with asyncio.timeout(10):
        while len(beside(world)) < CALLS:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    answering.cancel()
    with suppress(asyncio.CancelledError):
        await answering


async def called_and_answered(world: World) -> None:
    await calls_in_turn(world)
    await answered_beside(world)


def test_each_model_is_asked_once_for_all_that_it_owes(two: World, goes: list[tuple[float, int]]) -> None:
    goes.clear()
    asyncio.run(called_and_answered(two))
    assert sorted(goes) == [(100.0, CALLS // 2), (200.0, CALLS // 2)]
    champions = {frame.call: frame for frame in two.record.frames if frame.role == Role.CHAMPION}
    assert len(beside(two)) == CALLS
    for frame in beside(two):
        plus = 100.0 if frame.deployment == "d1" else 200.0
        assert frame.outputs == [champions[frame.call].outputs[0] - 1 + plus]


def test_so_many_calls_and_no_more_are_asked_at_once(
    two: World, goes: list[tuple[float, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(challenging, "MOST_CALLS", 4)
    goes.clear()
    asyncio.run(called_and_answered(two))
    assert sorted(goes) == [(100.0, 2), (100.0, 4), (200.0, 2), (200.0, 4)]


def test_what_waits_is_told_by_route_and_there_is_an_end_to_it(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenging, "MOST_WAITING", 5)
    asyncio.run(calls_in_turn(two))
    found = two.plane._challenging
    assert found.waiting() == {(ADDRESS, 1, Role.CHALLENGER): 3, (OTHER, 1, Role.CHALLENGER): 2}
    assert found.deferred == CALLS - 5
