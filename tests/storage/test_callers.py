"""Who called: each call once, under its key and day, and what a key's rate kept out beside it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.monitoring.ports import CallerCell
from watchkeeper.monitoring.usage.callers import Called, Calls, callers, calls_of
from watchkeeper.monitoring.usage.using import DaysOf, usage
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.routing import StoredBoard
from watchkeeper.storage.work import Store

ALWAYS = {"start": "2000-01-01", "end": "2030-01-01"}


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def of(key: str, frame: Frame) -> Frame:
    return replace(frame, key=key, owes=None)


def found(world: World, by: DaysOf = DaysOf.ARRIVAL) -> dict[str, Called]:
    with world.store.look() as work:
        return {each.key: each.total for each in callers(world.deployment, by=by, work=work, **ALWAYS)}


@pytest.mark.parametrize("by", list(DaysOf))
def test_each_call_counts_once_under_its_key_and_all_of_them_are_the_usage(world: World, by: DaysOf) -> None:
    failed = replace(call("c9"), kind="failed", ids=[], at=[], inputs={}, outputs=[], owes=None, error="no")
    for frame in (
        of("k1", call("c1", rows=3)),
        of("k1", call("c2", own=True)),
        of("k2", call("c3", rows=2)),
        of("", call("c4")),
        of("k2", failed),
        call("c5"),
        replace(call("c5"), role="challenger", model="m2", inputs={}, owes=None),
        of("k1", replace(call("c6", ids=["c2-0"]), call="c6")),  # a retry: a call, whose row came before
    ):
        world.plane.append(frame)
        world.collect()
    world.collect()
    assert found(world, by) == {
        "k1": Called(calls=4, rows=5),
        "k2": Called(calls=2, rows=2, errors=1),
        "": Called(calls=1, rows=1),
    }
    with world.store.look() as work:
        total = usage(world.deployment, by=by, work=work, **ALWAYS).total[Role.CHAMPION]
    sums = found(world, by).values()
    assert (total.calls, total.rows, total.errors) == (
        sum(each.calls for each in sums),
        sum(each.rows for each in sums),
        sum(each.errors for each in sums),
    )


def test_a_call_that_two_models_answered_in_parts_is_one_call(world: World) -> None:
    whole = replace(call("c1", rows=3, own=True), part="answered")
    theirs = replace(whole, role="challenger", model="m2", owes="m1", ids=["c1-0"], own_ids=[True], at=whole.at[:1])
    theirs = replace(theirs, inputs={"size": [1.0], "town": ["Lyon"]}, outputs=[1.0])
    mine = replace(whole, call="c1b", ids=["c1-1", "c1-2"], own_ids=[True] * 2, at=whole.at[1:], outputs=[2.0, 3.0])
    mine = replace(mine, inputs={"size": [2.0, 3.0], "town": ["Lyon"] * 2})
    beside = replace(theirs, role="champion", model="m1", owes=None, part="unseen")
    for frame in (theirs, mine, beside):
        world.plane.append(frame)
    world.collect()
    assert found(world) == found(world, DaysOf.EVENT) == {"k1": Called(calls=1, rows=3)}


def test_days_are_those_of_the_deployments_zone(world: World) -> None:
    late = 1_772_406_000_000_000_000  # 2026-03-01 23:00 UTC, already the second in Paris
    world.plane.append(of("k1", replace(call("c1"), received=late)))
    world.collect()
    with world.store.look() as work:
        (one,) = callers(world.deployment, by=DaysOf.ARRIVAL, work=work, **ALWAYS)
        assert [day for day, _ in one.days] == ["2026-03-02"]
        assert callers(world.deployment, by=DaysOf.ARRIVAL, start="2026-03-03", end="2026-03-04", work=work) == []


def test_a_keys_calls_are_of_today_of_thirty_days_and_of_all(world: World) -> None:
    days = [0, 0, 1, 29, 30, 400]
    for number, ago in enumerate(days):
        received = int((NOW - timedelta(days=ago)).timestamp() * 1e9)
        world.plane.append(of("k1", replace(call(f"c{number}"), received=received)))
    world.collect()
    board = StoredBoard(world.store, clock=world.clock)
    for _ in range(2):
        board.report("plane-1", 7, {}, used={}, refused={("d1", "k1"): 3, ("d1", "k2"): 1, ("gone", "k1"): 9})
    with world.store.look() as work:
        calls = calls_of(["k1", "k2", "k3"], now=NOW, work=work)
    assert calls == {
        "k1": Calls(today=2, last_30_days=4, total=6, refused=6),
        "k2": Calls(refused=2),
        "k3": Calls(),
    }
    assert found(world)["k2"] == found(world, DaysOf.EVENT)["k2"] == Called(refused=2)


def test_two_who_are_the_first_of_a_day_lose_nothing(world: World) -> None:
    def add(number: int) -> None:
        cells = [CallerCell(by, "2026-03-01", key, calls=1, refused=number) for key in ("k2", "k1") for by in DaysOf]
        with world.store.work() as work:
            work.callers.add("d1", cells)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    assert found(world) == {key: Called(calls=24, refused=276) for key in ("k1", "k2")}
