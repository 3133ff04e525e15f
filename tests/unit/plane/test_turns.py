"""Calls that come by the same turn of the loop share one go of the model, and nothing else."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.plane.conftest import ADDRESS, KEY, Adding, Reply, World, request, routing
from watchkeeper.learning.model import Answers
from watchkeeper.server.plane import turns
from watchkeeper.serving.routing import ModelPlace

PATHS = {address: f"/v1/deployments/{address}/predict" for address in (ADDRESS, "homes.rents")}
HEADERS = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def goes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each go of a model had."""
    found: list[int] = []
    adding = Adding.answer

    def counted(model: Adding, columns: Any, at: Sequence[int]) -> Answers:
        found.append(len(at))
        return adding(model, columns, at)

    monkeypatch.setattr(Adding, "answer", counted)
    return found


def together(world: World, bodies: Sequence[tuple[str, Any]]) -> list[Reply]:
    async def call(address: str, said: Any) -> Reply:
        return await request(world.plane, PATHS[address], json.dumps(said).encode(), "POST", HEADERS)

    async def all_of_them() -> list[Reply]:
        return await asyncio.gather(*(call(address, said) for address, said in bodies))

    return asyncio.run(all_of_them())


def rows(*sizes: float) -> list[tuple[str, Any]]:
    return [(ADDRESS, {"size": size, "rooms": 1}) for size in sizes]


def test_calls_that_come_together_are_answered_by_one_go_and_each_gets_its_own(world: World, goes: list[int]) -> None:
    replies = together(world, [*rows(1, 2), (ADDRESS, {"rows": [{"size": 5, "rooms": 0}] * 2}), *rows(3)])
    assert goes == [5]
    assert [reply.json["value"] for reply in (replies[0], replies[1], replies[3])] == [3.0, 4.0, 5.0]
    assert [each["value"] for each in replies[2].json["predictions"]] == [6.0, 6.0]
    assert [frame.outputs for frame in world.record.frames] == [[3.0], [4.0], [6.0, 6.0], [5.0]]
    assert [list(frame.inputs["size"]) for frame in world.record.frames] == [[1], [2], [5, 5], [3]]


def test_rows_that_the_model_fails_on_are_no_other_calls_fault(world: World) -> None:
    replies = together(world, rows(1, 6.66, 2))
    assert [reply.status for reply in replies] == [200, 500, 200]
    assert sorted(frame.kind for frame in world.record.frames) == ["answered", "answered", "failed"]


def test_a_call_that_is_refused_holds_up_nobody(world: World, goes: list[int]) -> None:
    replies = together(world, [*rows(1), (ADDRESS, []), *rows(2)])
    assert [reply.status for reply in replies] == [200, 422, 200]
    assert goes == [2]


def test_where_nothing_can_be_kept_nobody_is_answered(world: World) -> None:
    world.record.full = True
    assert [reply.json["code"] for reply in together(world, rows(1, 2, 3))] == ["journal-full"] * 3


def test_each_deployment_is_answered_by_its_own_model(world: World, goes: list[int]) -> None:
    route = routing().routes[ADDRESS]
    other = replace(route, deployment="d2", address="homes.rents", champion=ModelPlace("m3", "50", "linear"))
    world.source.change(routes={ADDRESS: route, "homes.rents": other})
    world.table.look()
    asked = [(ADDRESS, {"size": 1, "rooms": 1}), ("homes.rents", {"size": 1, "rooms": 1})] * 2
    goes.clear()
    assert [reply.json["value"] for reply in together(world, asked)] == [3.0, 52.0, 3.0, 52.0]
    assert [frame.deployment for frame in world.record.frames] == ["d1", "d1", "d2", "d2"]
    assert goes == [2, 2]


def test_no_go_has_more_rows_than_the_loop_can_spare(
    world: World, goes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "MOST_ROWS", 4)
    replies = together(world, [(ADDRESS, {"rows": [{"size": 5, "rooms": 0}] * 3})] * 2 + rows(1, 2))
    assert [reply.status for reply in replies] == [200] * 4
    assert goes == [3, 4, 1]
