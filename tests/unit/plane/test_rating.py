"""A key's rate on the plane: what is beyond it is told when to come again, and reaches neither model nor journal."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.unit.plane.conftest import FOREIGN, KEY, World, routing
from watchkeeper.access.key import digest_of
from watchkeeper.access.rate import Rate
from watchkeeper.server.plane import reporting
from watchkeeper.server.plane.rates import MOST_IDLE, Rates
from watchkeeper.serving.routing import Caller

GOOD = {"size": 2.0, "rooms": 3}


def rated(world: World, rate: Rate | None) -> None:
    callers = routing().callers
    world.source.change(callers={**callers, digest_of(KEY): replace(callers[digest_of(KEY)], rate=rate)})
    world.table.look()


def test_a_call_beyond_the_rate_is_refused_with_when_to_come_again(world: World) -> None:
    rated(world, Rate(2))
    assert [world.call(GOOD).status for _ in range(3)] == [200, 200, 429]
    reply = world.call(GOOD)
    assert (reply.status, reply.json["code"]) == (429, "rate-exceeded")
    assert "2 calls a minute" in reply.json["detail"]
    assert reply.headers["retry-after"] == "30"
    assert reply.headers["ratelimit-policy"] == '"calls";q=2;w=60'
    assert reply.headers["ratelimit"] == '"calls";r=0;t=30'
    assert len(world.record.frames) == 2
    world.elapsed[0] += 30
    assert [world.call(GOOD).status for _ in range(2)] == [200, 429]


def test_another_key_is_not_held_up(world: World) -> None:
    rated(world, Rate(1))
    world.source.change(callers={**world.source.now.callers, digest_of(FOREIGN): routing().callers[digest_of(KEY)]})
    world.table.look()
    assert [world.call(GOOD).status for _ in range(2)] == [200, 429]
    assert [world.call(GOOD, key=FOREIGN).status for _ in range(5)] == [200] * 5


def test_two_secrets_of_a_rotated_key_share_its_rate(world: World) -> None:
    mine = replace(routing().callers[digest_of(KEY)], rate=Rate(3), lineage="k1")
    fresh = replace(mine, key="k9", digest=digest_of(FOREIGN), rate=Rate(3))
    world.source.change(callers={digest_of(KEY): mine, digest_of(FOREIGN): fresh})
    world.table.look()
    assert [world.call(GOOD, key=key).status for key in (KEY, FOREIGN, KEY, FOREIGN, KEY)] == [200] * 3 + [429] * 2


def test_a_call_with_more_rows_than_are_left_is_answered_and_made_good_by_those_after_it(world: World) -> None:
    rated(world, Rate(100, "second", rows=10))
    assert world.call({"rows": [GOOD] * 30}).status == 200
    reply = world.call(GOOD)
    assert (reply.status, reply.headers["ratelimit-policy"]) == (429, '"rows";q=10;w=1')
    assert reply.headers["retry-after"] == "3"
    world.elapsed[0] += 2.0
    assert world.call(GOOD).status == 429
    world.elapsed[0] += 0.2
    assert world.call(GOOD).status == 200


def test_what_is_left_outlives_a_look_and_another_rate_begins_anew(world: World) -> None:
    rated(world, Rate(1))
    assert [world.call(GOOD).status for _ in range(2)] == [200, 429]
    rated(world, Rate(1))
    assert world.call(GOOD).status == 429
    rated(world, Rate(2))
    assert [world.call(GOOD).status for _ in range(3)] == [200, 200, 429]
    rated(world, None)
    assert [world.call(GOOD).status for _ in range(5)] == [200] * 5


def test_refused_calls_are_reported_and_kept_until_they_could_be(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rated(world, Rate(1))
    assert [world.call(GOOD).status for _ in range(4)] == [200, 429, 429, 429]
    refusing = world.plane._rates.refused()
    assert refusing == {("d1", "k1"): 3}
    world.plane._rates.untold(refusing)
    monkeypatch.setattr(reporting, "REPORT_EVERY", 0.001)
    world.board.down = 2

    async def report() -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await world.plane._reporting.report()

    asyncio.run(report())
    assert sum((Counter(each) for each in world.board.refused), Counter()) == {("d1", "k1"): 3}
    assert any(digest_of(KEY) in used for _, _, used in world.board.said)


def test_metadata_does_not_count(world: World) -> None:
    rated(world, Rate(1))
    headers = {"authorization": f"Bearer {KEY}"}
    path = "/v2/models/homes.prices"
    assert {world.call(b"", path=path, method="GET", headers=headers).status for _ in range(5)} == {200}
    assert world.call(GOOD).status == 200


def test_buckets_that_are_full_are_not_kept_without_end() -> None:
    now = [0.0]
    rates = Rates(elapsed=lambda: now[0])
    for number in range(MOST_IDLE * 3):
        now[0] += 1.0
        rates.take(Caller(str(number), str(number), None, None), Rate(1, "second"), "d")
    assert len(rates._held) <= MOST_IDLE
