"""A worker that lets rows go and is killed at any moment, again and again."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.storage.test_letting_go import care, counted, days_of_calls, files, kept, scored
from tests.storage.test_scoring import label
from tests.storage.worlds import World, world_in
from watchkeeper.storage.work import Store

KILLS, DAYS, KEPT = 12, 40, 5


@pytest.mark.long
def test_killed_at_any_moment_no_file_is_missed_none_is_left_and_no_figure_changes(
    store: Store, tmp_path: Path
) -> None:
    world, chance = world_in(store, tmp_path), random.Random(7)
    days_of_calls(world, *(f"r{day}" for day in range(DAYS)))
    label(world, {f"r{day}": float(day) for day in range(0, DAYS, 2)})
    scored(world)
    before = counted(world)
    kept(world, days=KEPT)
    for _ in range(KILLS):
        killed_while_tidying(world, after=chance.uniform(0, 0.4))
        assert all((world.places.journal("d1") / file.name).is_file() for file in files(world))
        assert rows_ever(world) == 2 * DAYS
        assert counted(world) == before
    world.clock.move(minutes=90)
    for _ in range(DAYS):
        care(world)
    world.clock.move(minutes=11)
    care(world)
    assert {path.name for path in world.places.journal("d1").glob("*.p*")} == {file.name for file in files(world)}
    assert sum(file.rows for file in files(world)) == 2 * (KEPT - 1)
    assert (rows_ever(world), counted(world)) == (2 * DAYS, before)


def killed_while_tidying(world: World, *, after: float) -> None:
    url = world.store.engine.url.render_as_string(hide_password=False)
    place, now = str(world.places.root), world.clock.now().isoformat()
    command = [sys.executable, "-m", "tests.storage.letting_go_child", url, place, now]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(after)
        child.kill()


def rows_ever(world: World) -> int:
    """Kept and gone."""
    with world.store.look() as work:
        gone = work.retentions.gone("d1")
        by_day = sum(work.retentions.rows("d1", role, start=None, end=None) for role in ("champion", "challenger"))
    assert by_day == (gone.rows if gone else 0)
    return by_day + sum(file.rows for file in files(world))
