"""Rows counted by the hour: they add up to their days, whatever way they came, and go in time; on every database."""

from dataclasses import replace as changed
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from tests.storage.worlds import World, call, world_in
from watchkeeper.monitoring.collecting.keyed import KEYS_AT_ONCE as HOURS_AT_ONCE
from watchkeeper.monitoring.keeping.tidying import let_hours_go
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.work import Store

AROUND_A_CHANGE = datetime(2025, 10, 25, 20, tzinfo=UTC)
"""Four hours before the day in Paris that has twenty-five."""
EVERY, HOURS = 20, 36


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def over_hours(name: str, *, hours: int = HOURS, role: Role = Role.CHAMPION) -> Frame:
    """A row every twenty minutes."""
    count = hours * 60 // EVERY
    begun = int(AROUND_A_CHANGE.timestamp() * 1e6)
    frame = call(name, rows=count, owes="m2" if role is Role.CHAMPION else None, own=True)
    sizes = [float(each) for each in np.linspace(0, 10, count)]
    inputs = {"size": sizes, "town": ["Lyon", "Nice", None] * (count // 3)}
    return replace(
        frame,
        at=[begun + row * EVERY * 60_000_000 for row in range(count)],
        inputs=inputs if role is Role.CHAMPION else {},
        outputs=sizes,
        role=role.value,
        model="m1" if role is Role.CHAMPION else "m2",
    )


def hours_of(world: World, role: Role) -> dict[int, tuple[int, list[int]]]:
    with world.store.look() as work:
        found = list(work.hours.between("d1", role=role.value, start=0, end=2**31 - 1))
    return {sheet.hour: (sheet.rows, sheet.counts.tolist()) for sheet in found}


def test_the_hours_of_a_day_add_up_to_it_also_where_clocks_change(world: World) -> None:
    world.plane.append(over_hours("one"))
    world.collect()
    first = int(AROUND_A_CHANGE.timestamp()) // 3600
    found = hours_of(world, Role.CHAMPION)
    assert [(hour - first, rows) for hour, (rows, _) in found.items()] == [(hour, 3) for hour in range(HOURS)]
    days = {sheet.day: sheet for sheet in world.sheets()}
    assert [(day, sheet.rows) for day, sheet in days.items()] == [
        ("2025-10-25", 2 * 3),
        ("2025-10-26", 25 * 3),
        ("2025-10-27", 9 * 3),
    ]
    parts = np.split(np.array([counts for _, counts in found.values()]), [2, 27])
    assert [part.sum(axis=0).tolist() for part in parts] == [sheet.counts.tolist() for sheet in days.values()]


def test_what_comes_in_several_turns_counts_as_if_it_had_come_in_one(world: World) -> None:
    for name in ("one", "two"):
        world.plane.append(over_hours(name))
        world.collect()
    world.plane.append(over_hours("one", role=Role.CHALLENGER))
    world.plane.append(replace(over_hours("one"), call="again"))  # the same rows
    world.collect()
    assert {rows for rows, _ in hours_of(world, Role.CHAMPION).values()} == {6}
    assert sum(rows for rows, _ in hours_of(world, Role.CHALLENGER).values()) == HOURS * 3
    features = {tuple(counts[:50]) for _, counts in hours_of(world, Role.CHALLENGER).values()}
    assert features == {(0,) * 50}


def test_a_long_past_is_counted_hour_by_hour_too(world: World) -> None:
    world.plane.append(over_hours("past", hours=3 * HOURS_AT_ONCE + 7))
    world.collect()
    found = hours_of(world, Role.CHAMPION)
    assert len(found) == 3 * HOURS_AT_ONCE + 7
    assert {rows for rows, _ in found.values()} == {3}
    total = np.sum([counts for _, counts in found.values()], axis=0)
    assert total.tolist() == np.sum([sheet.counts for sheet in world.sheets()], axis=0).tolist()


def blocks_of(world: World) -> dict[str, list[int]]:
    with world.store.look() as work:
        found = work.hours.blocks("d1", start="1900-01-01", end="2200-01-01")
    return {day: np.sum([each.rows for each in of_day], axis=0).tolist() for day, of_day in sorted(found.items())}


def test_hours_go_once_their_days_are_judged_and_old_and_the_days_stay(world: World) -> None:
    world.plane.append(over_hours("old"))
    world.plane.append(call("new"))
    world.collect()
    collector = changed(world.collector, keep_hours=100)
    let_hours_go(world.deployment, collector)
    assert len(hours_of(world, Role.CHAMPION)) == HOURS + 1  # none is judged yet
    while issue(world.deployment, collector):
        pass
    let_hours_go(world.deployment, changed(collector, keep_hours=400))
    assert len(hours_of(world, Role.CHAMPION)) == HOURS + 1
    before, days = blocks_of(world), [(sheet.day, sheet.rows) for sheet in world.sheets()]
    let_hours_go(world.deployment, collector)
    assert len(hours_of(world, Role.CHAMPION)) == 1
    assert [(sheet.day, sheet.rows) for sheet in world.sheets()] == days
    late = over_hours("late", hours=3)
    world.plane.append(replace(late, ids=[f"late-{row}" for row in range(len(late.ids))]))
    world.collect()
    while issue(world.deployment, collector):
        pass
    assert blocks_of(world) == before  # when rows happened is still known of the day, but for the few that came late
