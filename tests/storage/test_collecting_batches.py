"""A batch's pieces in the journal: each row counts once however often it was answered, and none of them is a call."""

from pathlib import Path

import pyarrow.compute as pc
import pytest
from msgspec.structs import replace

from tests.storage.worlds import World, call, world_in
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.work import Store


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def piece(number: int, *, owes: str | None = "m2") -> list[Frame]:
    """Of three rows, as champion and challenger answered them."""
    champion = replace(call(f"b1.0.{number}", rows=3, owes=owes), batch="b1", key="")
    if owes is None:
        return [champion]
    return [champion, replace(champion, role="challenger", model="m2", inputs={}, owes=None)]


def counted(world: World) -> dict[str, int]:
    return {sheet.role: sheet.rows for sheet in world.sheets()}


@pytest.mark.parametrize("at_once", [True, False])
def test_a_piece_that_is_answered_again_counts_once(world: World, at_once: bool) -> None:
    world.plane.extend(piece(0))
    if not at_once:
        world.collect()
    world.end_plane()
    world.plane.extend(piece(0))
    world.plane.extend(piece(1))
    world.collect()
    assert counted(world) == {"champion": 6, "challenger": 6}
    assert world.owed() == []
    for role in Role:
        rows = world.journal(role)
        once = rows.filter(pc.invert(rows["duplicate"])).sort_by("id")["id"].to_pylist()
        assert once == [f"b1.0.{number}-{row}" for number in (0, 1) for row in range(3)]


def test_a_piece_that_comes_again_while_the_challenger_still_owes_is_owed_once(world: World) -> None:
    champion, challenger = piece(0)
    world.plane.append(champion)
    world.collect()
    world.end_plane()
    world.plane.extend([champion, challenger])
    world.collect()
    assert counted(world) == {"champion": 3, "challenger": 3}
    assert world.owed() == []


def test_rows_of_a_batch_are_predictions_and_no_calls(world: World) -> None:
    world.plane.extend(piece(0))
    world.plane.append(call("c1", owes=None))
    world.collect()
    with world.store.look() as work:
        cells = [
            c
            for c in work.watch.usage("d1", by=DaysOf.ARRIVAL, start="2000-01-01", end="2100-01-01")
            if c.role == "champion"
        ]
        newest, days = work.watch.arrivals("d1")
    assert (sum(cell.rows for cell in cells), sum(cell.calls for cell in cells)) == (4, 1)
    assert sum(int(cell.times.sum()) for cell in cells) == 1
    assert (newest is not None, days) == (True, 1)


def test_a_batch_alone_is_no_traffic(world: World) -> None:
    world.plane.extend(piece(0, owes=None))
    world.collect()
    assert counted(world) == {"champion": 3}
    with world.store.look() as work:
        assert work.watch.arrivals("d1") == (None, 0)
