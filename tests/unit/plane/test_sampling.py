"""A challenger that sees a share of the rows."""

import asyncio
from contextlib import suppress

from tests.unit.plane.conftest import World, routing
from watchkeeper.serving.frames import Frame

ROWS = [{"size": float(number % 10), "rooms": 1.0, "at": "2026-01-01T00:00:00Z"} for number in range(80)]


def answered_beside(world: World) -> list[Frame]:
    async def beside() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(world.plane._challenging.answer(), 0.2)

    asyncio.run(beside())
    return [frame for frame in world.record.frames if frame.role == "challenger"]


def test_only_what_is_drawn_is_owed_and_answered(world: World) -> None:
    world.source.change(routes=routing(shadow=0.3).routes)
    world.table.look()
    assert world.call({"rows": ROWS, "ids": [f"r{n}" for n in range(80)]}).status == 200
    (champion,) = world.record.frames
    assert champion.owes == "m2"
    drawn = champion.owed_rows or []
    assert 5 < len(drawn) < 50
    (challenger,) = answered_beside(world)
    assert challenger.ids == [f"r{n}" for n in drawn]
    assert challenger.outputs == [champion.outputs[n] + 99.0 for n in drawn]  # they add 1 and 100
    assert challenger.own_ids == [True] * len(drawn)


def test_a_call_of_which_nothing_is_drawn_owes_nothing(world: World) -> None:
    world.source.change(routes=routing(shadow=1e-9).routes)
    world.table.look()
    world.call(ROWS[0])
    assert world.record.frames[0].owes is None
    assert answered_beside(world) == []


def test_one_id_is_drawn_alike_whenever_it_is_sent(world: World) -> None:
    world.source.change(routes=routing(shadow=0.5).routes)
    world.table.look()
    for _ in range(5):
        world.call({"rows": ROWS[:1], "ids": ["the same"]})
    assert len({frame.owes for frame in world.record.frames}) == 1
