"""Rows that come late count and raise no alarm; rows that lie ahead of their arrival are told of and not profiled."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from tests.storage.test_verdicts import ROWS, ago, calls, collected, issued, words
from tests.storage.worlds import NOW, World, world_in
from watchkeeper.monitoring.collecting.timing import Timely, late_rows
from watchkeeper.monitoring.policy import DriftPolicy, PolicySaid
from watchkeeper.monitoring.soundness.freshness import freshness
from watchkeeper.monitoring.soundness.soundness import soundness
from watchkeeper.monitoring.soundness.violating import violations
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.pipelines.pipeline import ClockKind, Graph
from watchkeeper.pipelines.telling_time import moment_of
from watchkeeper.storage.work import Store


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def profiled(world: World) -> dict[str, tuple[int, int]]:
    """Rows and late ones of each day."""
    return {sheet.day: (sheet.rows, sheet.late) for sheet in world.sheets()}


def test_rows_beyond_the_limit_count_in_their_window_whose_verdict_is_issued_again_without_an_alarm(
    world: World,
) -> None:
    collected(world, calls(9), calls(2))
    assert issued(world)[ago(9)].revision == 1
    collected(world, calls(9, name="years late", moved=9.0))
    again = issued(world)[ago(9)]
    assert profiled(world)[ago(9)] == (2 * ROWS, ROWS)
    assert (again.revision, again.late, words(again)[0]) == (2, ROWS, "drifted")
    assert not again.records["told"].any()


def test_rows_within_the_limit_raise_an_alarm_though_their_day_was_judged_before(world: World) -> None:
    collected(world, calls(4), calls(2))
    issued(world)
    collected(world, calls(4, name="late", moved=9.0))
    again = issued(world)[ago(4)]
    assert (again.late, again.records["told"][0]) == (0, 1)


def test_a_day_that_came_late_as_a_whole_raises_no_alarm(world: World) -> None:
    collected(world, calls(2))
    collected(world, calls(20, moved=9.0))
    found = issued(world)[ago(20)]
    assert (words(found)[0], bool(found.records["told"].any())) == ("drifted", False)


def test_a_past_that_is_replayed_in_its_order_is_in_time(world: World) -> None:
    collected(world, *(calls(day) for day in range(40, 0, -1)))
    assert {late for _, late in profiled(world).values()} == {0}


def test_rows_more_than_an_hour_ahead_are_a_violation_and_in_no_profile(world: World) -> None:
    soon, far = NOW + timedelta(minutes=50), NOW + timedelta(days=400)
    times = [int(NOW.timestamp() * 1e6), int(soon.timestamp() * 1e6), int(far.timestamp() * 1e6)]
    frame = replace(calls(0, rows=4), ids=["a", "b", "c"], at=times, outputs=[1.0] * 3, own_ids=None)
    collected(world, replace(frame, inputs={"size": [1.0] * 3, "town": ["Lyon"] * 3}))
    assert profiled(world) == {ago(0): (2, 0)}
    with world.store.look() as work:
        (cell,) = work.watch.violations("d1", start=ago(1), end=ago(0))
        usage = work.watch.usage("d1", by=DaysOf.EVENT, start="1900-01-01", end="2200-01-01")
        assert work.watch.span("d1", by=DaysOf.EVENT) == (ago(0), ago(0))
    assert (cell.column, cell.violation, cell.rows, cell.example) == ("at", "ahead", 1, "2027-04-05T12:00:00+00:00")
    assert sum(each.rows for each in usage) == 3
    span: Any = {"start": ago(1), "end": ago(0)}
    with world.store.work() as work:
        (violation,) = violations(world.deployment, **span, work=work)
        found = soundness(world.deployment, **span, work=work, places=world.places)
    assert (violation.rows, round(3 * violation.share, 9)) == (1, 1)
    assert (found.rows, found.ahead) == (2, 1)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=399), timedelta(days=401)])
def test_a_row_that_lies_ahead_makes_no_data_fresh(world: World, later: timedelta) -> None:
    collected(world, calls(9))
    far = int((NOW + timedelta(days=400)).timestamp() * 1e6)
    collected(world, replace(calls(8, rows=2), at=[far, far + 1]))
    with world.store.work() as work:
        found = soundness(world.deployment, start=ago(9), end=ago(0), work=work, places=world.places)
        fresh = freshness(world.deployment, found, now=NOW + later, work=work)
    assert fresh.newest is not None
    assert timedelta(days=8.9) < NOW - fresh.newest <= timedelta(days=9)
    assert fresh.age == (NOW + later - fresh.newest) / timedelta(hours=1)


@pytest.mark.parametrize("clock", ClockKind)
def test_a_row_that_lies_ahead_moves_no_pipeline_s_clock(world: World, clock: ClockKind) -> None:
    collected(world, calls(40))
    pipeline: Any = SimpleNamespace(deployment="d1")  # all that the clock asks of it
    with world.store.look() as work:
        before = moment_of(pipeline, Graph((), {}, clock), work=work, clock=world.clock)
    frame = calls(1, rows=2)
    collected(world, replace(frame, at=[int((NOW + timedelta(days=400)).timestamp() * 1e6)] * 2))
    with world.store.look() as work:
        after = moment_of(pipeline, Graph((), {}, clock), work=work, clock=world.clock)
    assert before is not None
    assert after is not None
    if clock is ClockKind.WALL:
        assert before == after == world.clock.now()
    else:
        assert before < NOW - timedelta(days=39)
        assert before <= after <= before + timedelta(hours=1)


def test_a_forecast_s_rows_are_of_the_moment_at_which_they_came(world: World) -> None:
    far = int((NOW + timedelta(days=2)).timestamp() * 1e6)
    collected(world, replace(calls(1, rows=2), at=[far, far + 1], batch="b1"))
    with world.store.work() as work:
        found = soundness(world.deployment, start=ago(9), end=ago(0), work=work, places=world.places)
        fresh = freshness(world.deployment, found, now=NOW + timedelta(hours=5), work=work)
    assert (fresh.newest, fresh.age) == (NOW, 5.0)


def test_how_far_ahead_is_the_policys(world: World) -> None:
    with world.store.work() as work:
        work.policies.say("d1", PolicySaid(1, DriftPolicy(ahead_hours=48), NOW, "ann"))
    ahead = int((NOW + timedelta(hours=30)).timestamp() * 1e6)
    frame = calls(0, rows=2)
    collected(world, replace(frame, at=[ahead, ahead + 1]))
    assert sum(rows for rows, _ in profiled(world).values()) == 2


def test_what_is_late_is_told_by_what_came_before_it() -> None:
    came = [(3, 1, {"2026-01-01": [0]}), (1, 1, {"2026-01-02": [0]}), (2, 1, {"2026-01-09": [0, 1]})]
    assert late_rows(came, Timely(1, 3)) == {(1, "2026-01-01"): 1}
    assert late_rows(came, Timely(1, 3, "2026-01-06")) == {(1, "2026-01-01"): 1, (1, "2026-01-02"): 1}
    assert late_rows(came, Timely(1, 30)) == {}
