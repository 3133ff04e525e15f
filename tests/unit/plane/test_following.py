"""What a process knows of keys and routes follows what is kept, and it says so when it can't."""

import asyncio
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from tests.unit.plane.conftest import ADDRESS, FOREIGN, KEY, World, request
from watchkeeper.server.plane import table as tables
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.routing import ModelPlace

GOOD = {"size": 2.0, "rooms": 3}


def test_a_revoked_key_is_refused_after_the_next_look(world: World) -> None:
    world.source.change(callers={})
    assert world.call(GOOD).status == 200
    world.table.look()
    assert world.call(GOOD).status == 401


def test_a_key_that_is_new_is_taken_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LONGEST_WAIT", 1.0)
    known = world.source.now.callers
    world.source.change(callers={})
    world.table.look()
    world.source.change(callers=known)

    async def call() -> int:
        following = asyncio.create_task(world.follow())
        path, body = f"/v1/deployments/{ADDRESS}/predict", b'{"size": 1, "rooms": 1}'
        answer = await request(world.plane, path, body, "POST", {"authorization": f"Bearer {KEY}"})
        following.cancel()
        return answer.status

    assert asyncio.run(call()) == 200


def test_a_new_release_answers_after_the_next_look_and_keeps_the_model_that_stays(world: World) -> None:
    champion_before = world.table.all()[0].models
    route = replace(world.source.now.routes[ADDRESS], release=2, challenger=ModelPlace("m3", "7", "linear"))
    world.source.change(routes={ADDRESS: route, "d1": route})
    world.table.look()
    assert world.call(GOOD).json["release"] == 2
    assert world.table.all()[0].models[Role.CHAMPION].model is champion_before[Role.CHAMPION].model


def test_a_process_that_cannot_look_is_not_ready_then_takes_no_key(world: World) -> None:
    assert world.get("/health/ready").status == 200
    world.source.down = True
    world.elapsed[0] = 11.0
    with suppress(OSError):
        world.table.look()
    assert world.get("/health/ready").status == 503
    assert world.call(GOOD).status == 200
    world.elapsed[0] = 61.0
    assert world.call(GOOD).json["code"] == "not-following"
    world.source.down = False
    world.table.look()
    assert world.call(GOOD).status == 200


def test_the_challenger_answers_the_same_rows_off_the_path(world: World) -> None:
    async def live() -> None:
        messages: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        said: list[str] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            said.append(message["type"])

        await messages.put({"type": "lifespan.startup"})
        living = asyncio.create_task(world.plane({"type": "lifespan"}, messages.get, send))
        await request(
            world.plane,
            f"/v1/deployments/{ADDRESS}/predict",
            b'{"rows": [{"size": 1, "rooms": 1}, {"size": 2, "rooms": 2}], "ids": ["a", "b"]}',
            "POST",
            {"authorization": "Bearer wk_" + "a" * 43},
        )
        for _ in range(200):
            if len(world.record.frames) == 2 and world.board.said:
                break
            await asyncio.sleep(0.01)
        await messages.put({"type": "lifespan.shutdown"})
        await living
        assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    asyncio.run(live())
    champion, challenger = world.record.frames
    assert (challenger.role, challenger.model, challenger.call) == ("challenger", "m2", champion.call)
    assert (challenger.ids, challenger.at) == (champion.ids, champion.at)
    assert challenger.outputs == [102.0, 104.0]
    assert (challenger.inputs, challenger.owes, challenger.caught_up) == ({}, None, False)


def test_a_process_says_of_each_role_whether_it_is_loaded_and_how_it_fared(world: World) -> None:
    world.call({"size": 6.66, "rooms": 0})
    (served,) = world.table.all()
    said = served.describe()
    assert said["release"] == 1
    assert said["champion"]["loaded"] is True
    assert "beast" in said["champion"]["last_error"]["message"]
    assert said["challenger"] == {"loaded": True, "last_answered": None, "last_error": None}


def test_a_challenger_that_is_promoted_keeps_its_loaded_model_and_what_is_known_of_it(world: World) -> None:
    (before,) = world.table.all()
    route = before.route
    assert route.challenger is not None
    swapped = replace(route, release=2, champion=route.challenger, challenger=route.champion)
    world.source.change(routes={ADDRESS: swapped, "d1": swapped})
    world.table.look()
    (after,) = world.table.all()
    assert after.route.release == 2
    for role, other in ((Role.CHAMPION, Role.CHALLENGER), (Role.CHALLENGER, Role.CHAMPION)):
        assert after.models[role].model is before.models[other].model
        assert after.vitals[role] is before.vitals[other]


def test_while_a_new_champion_cannot_be_loaded_the_release_before_answers(world: World) -> None:
    (before,) = world.table.all()
    route = replace(before.route, release=2, champion=ModelPlace("m9", "nowhere", "linear"), challenger=None)
    world.source.change(routes={ADDRESS: route, "d1": route})
    world.table.look()
    assert world.call(GOOD).json["release"] == 1
    mended = replace(route, champion=ModelPlace("m9", "7", "linear"))
    world.source.now.routes[ADDRESS] = world.source.now.routes["d1"] = mended  # type: ignore[index]
    world.elapsed[0] += 11.0
    world.table.look()
    assert world.call(GOOD).json["release"] == 2


def test_while_a_release_is_being_loaded_it_is_said_since_when(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a loader that never ends only what is said meanwhile can be seen, so it is heard at that moment."""
    (before,) = world.table.all()
    said: list[object] = []

    def loaded(*_: Any, **__: Any) -> Any:
        said.extend(each.describe() for each in (world.table.loading["d1"],))
        return before

    monkeypatch.setattr(tables, "load", loaded)
    assert world.table.loading == {}
    route = replace(before.route, release=2)
    world.source.change(routes={ADDRESS: route, "d1": route})
    world.table.look()
    assert said == [{"release": 2, "since": world.clock.now().isoformat()}]
    assert world.table.loading == {}


def test_a_loader_that_does_not_end_keeps_nobody_from_what_is_loaded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (before,) = world.table.all()
    begun, ends = Event(), Event()

    def hangs(route: Any, **_: Any) -> Any:
        begun.set()
        ends.wait(30)
        return replace(before, route=route)

    monkeypatch.setattr(tables, "load", hangs)
    monkeypatch.setattr(tables, "LOOK_EVERY", 0.01)
    known = world.source.now.callers
    route = replace(before.route, release=2)
    world.source.change(routes={ADDRESS: route, "d1": route})

    async def come_to_be(status: int) -> None:
        path, headers = f"/v1/deployments/{ADDRESS}/predict", {"authorization": f"Bearer {KEY}"}
        for _ in range(500):
            answer = await request(world.plane, path, b'{"size": 1, "rooms": 1}', "POST", headers)
            if answer.status == status:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(answer.status)

    async def live() -> None:
        following = asyncio.create_task(world.table.follow())
        await asyncio.to_thread(begun.wait, 10)
        world.elapsed[0] += 61.0
        await come_to_be(200)
        world.source.change(callers={})
        await come_to_be(401)
        world.source.change(callers=known)
        await come_to_be(200)
        world.source.change(callers={})
        await come_to_be(401)
        ends.set()
        for _ in range(500):
            if world.table.all()[0].route.release == 2:
                break
            await asyncio.sleep(0.01)
        await come_to_be(401)
        following.cancel()

    try:
        asyncio.run(live())
    finally:
        ends.set()
    assert world.table.all()[0].route.release == 2


def test_access_that_is_narrowed_while_a_release_loads_stays_narrow_once_it_is_loaded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (before,) = world.table.all()
    public = replace(before.route, release=2, access="public")
    closed = replace(public, release=3, access="members")

    def slow(route: Any, **_: Any) -> Any:
        world.source.change(routes={ADDRESS: closed, "d1": closed})
        world.table.look_at_keys()
        return replace(before, route=route)

    monkeypatch.setattr(tables, "load", slow)
    world.source.change(routes={ADDRESS: public, "d1": public})
    world.table.look()
    (served,) = world.table.all()
    assert (served.route.release, served.route.access) == (2, "members")


@pytest.mark.parametrize(
    ("access", "without", "foreign"), [("members", 401, 404), ("everyone", 401, 200), ("public", 200, 200)]
)
def test_who_may_call_is_what_the_release_in_force_says(world: World, access: str, without: int, foreign: int) -> None:
    route = replace(world.source.now.routes[ADDRESS], release=2, access=access)
    world.source.change(routes={ADDRESS: route, "d1": route})
    world.table.look()
    assert world.call(GOOD, key=None).status == without
    assert world.call(GOOD, key=FOREIGN).status == foreign
    assert world.call(GOOD, key="wk_nobody").status == 401
    assert world.call(GOOD).status == 200


def test_a_call_without_a_key_is_recorded_under_none(world: World) -> None:
    route = replace(world.source.now.routes[ADDRESS], access="public")
    world.source.change(routes={ADDRESS: route, "d1": route})
    world.table.look()
    world.call(GOOD, key=None)
    assert world.record.frames[0].key == ""


def test_a_deployment_is_closed_at_once_though_the_models_of_the_release_that_closes_it_cannot_be_loaded(
    world: World,
) -> None:
    opened = replace(world.source.now.routes[ADDRESS], access="public")
    world.source.change(routes={ADDRESS: opened, "d1": opened})
    world.table.look()
    assert world.call(GOOD, key=None).status == 200
    closed = replace(opened, release=2, access="members", champion=ModelPlace("m3", "no number", "linear"))
    world.source.change(routes={ADDRESS: closed, "d1": closed})
    world.table.look()
    assert world.call(GOOD, key=None).status == 401
    assert world.call(GOOD, key=FOREIGN).status == 404
    assert world.call(GOOD).json["release"] == 1
