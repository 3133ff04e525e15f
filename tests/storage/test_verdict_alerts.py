"""Alarms by verdicts: on what has drifted for days in a row, and on nothing that came beyond the lateness limit."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from tests.fakes.rules import rule
from tests.storage.test_judging import nowhere
from tests.storage.test_verdicts import ago, calls, collected, issued, words
from tests.storage.worlds import NOW, World, world_in
from watchkeeper.alerts.firing import Firing
from watchkeeper.alerts.judging import Judge
from watchkeeper.alerts.signals.verdicts import lasting_of
from watchkeeper.alerts.starting import start_rules
from watchkeeper.alerts.telling import Telling
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import NO_ROWS, RECORD
from watchkeeper.monitoring.policy import DriftPolicy, PolicySaid
from watchkeeper.monitoring.ports import DayVerdicts
from watchkeeper.monitoring.references.drifting import view
from watchkeeper.monitoring.references.trailing import together_of
from watchkeeper.monitoring.verdicts.clearest import clearest
from watchkeeper.monitoring.verdicts.verdicts import ColumnVerdict, known, verdicts
from watchkeeper.storage.work import Store


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    world = world_in(store, tmp_path)
    with store.work() as work:
        work.rules.begin("d1")
        work.rules.add(rule(signal="verdicts", threshold=0.0, needed=1, windows=1))
    return world


def fired(world: World) -> list[Firing]:
    issued(world)
    telling = Telling(clock=world.clock, address=nowhere)
    Judge(world.store.work, world.store.look, world.places, world.clock, telling).judge(world.deployment)
    with world.store.look() as work:
        found = work.firings.page("p1", deployment="d1", only_open=False, after=None, limit=100)
    return sorted(found, key=lambda each: each.opened)


def history(world: World, start: int, end: int) -> ColumnVerdict:
    """Of sizes."""
    with world.store.work() as work:
        span: Any = {"start": ago(start), "end": ago(end)}
        seen = view(world.deployment, **span, work=work, places=world.places)
        found = verdicts(
            seen, known(world.deployment, seen, **span, work=work, places=world.places), days=start - end + 1
        )
    return next(each for each in found.columns if each.column.name == "size")


def test_an_alarm_is_raised_once_a_column_has_drifted_for_days_in_a_row_and_dated_to_the_first(world: World) -> None:
    collected(world, calls(6), calls(5, moved=2.0), calls(4), calls(3, moved=2.0))
    world.clock.move(minutes=5)
    assert fired(world) == []
    collected(world, calls(2, moved=2.0))
    world.clock.move(minutes=5)
    (firing,) = fired(world)
    assert (firing.since, firing.opened, firing.open, firing.about) == (ago(3), ago(2), True, "size")
    assert [(each.about, each.since, each.opened) for each in firing.columns] == [("size", ago(3), ago(2))]
    assert firing.sentence == "size has drifted since 26 February 2026."
    collected(world, calls(1))
    world.clock.move(minutes=5)
    (closed,) = fired(world)
    assert (closed.id, closed.closed, closed.until) == (firing.id, ago(1), ago(2))
    assert (closed.since, closed.opened) == (ago(3), ago(2))


def test_a_policy_that_asks_for_one_day_is_told_of_each(world: World) -> None:
    with world.store.work() as work:
        work.policies.say("d1", PolicySaid(1, DriftPolicy(in_a_row=1), NOW, "ann"))
    collected(world, calls(3), calls(2, moved=2.0), calls(1))
    world.clock.move(minutes=5)
    assert [(each.since, each.closed) for each in fired(world)] == [(ago(2), ago(1))]


def day(name: str, *columns: str) -> DayVerdicts:
    """`d` has drifted, `s` is stable, `-` had no rows."""
    records = np.zeros(len(columns), dtype=RECORD)
    records["told"], records["p_value"] = [each == "d" for each in columns], 0.5
    records["verdict"] = [NO_ROWS if each == "-" else 0 if each == "d" else 3 for each in columns]
    return DayVerdicts(name, 1, 0, 1, 1, 100, 0, NOW, records)


def test_days_without_rows_part_nothing_and_others_do() -> None:
    days = [day(f"2026-01-0{n}", *columns) for n, columns in enumerate(("ddd", "-sd", "dsd", "sdd", "ssd"), start=1)]
    together = together_of(days, [], ("verdict", "told", "p_value"))
    assert lasting_of(days, together, 2).astype(int).tolist() == [[1, 0, 1], [0, 0, 1], [1, 0, 1], [0, 0, 1], [0, 0, 1]]
    assert lasting_of(days, together, 6).any() is np.False_


def test_of_days_whose_rows_came_too_late_no_longer_window_raises_an_alarm() -> None:
    """Drifted on three days that may not be told of; the weeks that end on the two after them, with rows in time, have
    drifted by these alone."""
    names = [f"2026-01-0{n}" for n in range(1, 6)]
    days = [day(name, said) for name, said in zip(names, "dddss", strict=True)]
    for late in days[:3]:
        late.records["told"] = 0
    weeks = [dataclasses.replace(day(name, "d"), days=7) for name in names]
    for late in weeks[:3]:
        late.records["told"] = 0
    together = together_of(days, weeks, ("verdict", "told", "p_value"))
    assert not lasting_of(days, together, 2).any()


def test_every_deployment_starts_with_the_rule_on_verdicts(store: Store, tmp_path: Path) -> None:
    world = world_in(store, tmp_path)
    with store.work() as work:
        start_rules(world.deployment, work=work, clock=world.clock)
        signals = [each.signal for each in work.rules.of_deployment("d1")]
    assert "verdicts" in signals
    assert "drift" not in signals


def lane(world: World, first: int) -> dict[str, tuple[str, int]]:
    """Of sizes, by day: what is known of it, and over how many days."""
    with world.store.look() as work:
        days, longer = (
            read("d1", start=ago(first), end=ago(1)) for read in (work.verdicts.between, work.verdicts.trailing)
        )
    records, lengths = clearest(days, longer)
    codes = zip(days, records["verdict"][:, 0].tolist(), lengths[:, 0].tolist(), strict=True)
    return {day.day: (CODES[code].value, over) for day, code, over in codes}


def test_a_shift_that_no_single_day_shows_is_told_of_by_the_week(world: World) -> None:
    usual = [calls(day, rows=60) for day in range(20, 9, -1)]
    higher = {"size": np.linspace(2, 10, 60).tolist(), "town": ["Lyon", "Nice"] * 30}
    collected(world, *usual, *(replace(calls(day, rows=60), inputs=higher) for day in range(9, 0, -1)))
    world.clock.move(minutes=5)
    (firing,) = fired(world)
    assert firing.about == "size"
    assert "drifted" not in {words(each)[0] for each in issued(world).values()}
    assert ago(8) <= firing.since <= ago(2)
    size = history(world, 20, 1)
    assert (size.column.name, size.since) == ("size", firing.since)
    assert size.days_drifted == sum(ago(day) >= firing.since for day in range(9, 0, -1))
    seen = lane(world, 20)
    assert {day for day, (verdict, _) in seen.items() if verdict == "drifted"} == {
        ago(day) for day in range(9, 0, -1) if ago(day) >= firing.since
    }
    assert {over for verdict, over in seen.values() if verdict == "drifted"} <= {7, 28}
    collected(world, replace(calls(0, rows=20), received=int(NOW.timestamp() * 1e9)))
    issued(world)
    assert history(world, 20, 0).since == firing.since


def test_one_day_that_drifts_by_itself_is_no_alarm_of_the_weeks_that_it_lies_in(world: World) -> None:
    collected(world, *(calls(day, moved=3.0 if day == 5 else 0.0) for day in range(10, 0, -1)))
    world.clock.move(minutes=5)
    assert fired(world) == []
    assert [(each.since, each.days_drifted) for each in (history(world, 10, 1), history(world, 4, 1))] == [
        (None, 1),
        (None, 0),
    ]
    with world.store.look() as work:
        weeks = work.verdicts.trailing("d1", start=ago(5), end=ago(1))
    assert "drifted" in {words(each)[0] for each in weeks if each.days == 7}
    assert [(day, over) for day, (verdict, over) in lane(world, 10).items() if verdict == "drifted"] == [(ago(5), 1)]
