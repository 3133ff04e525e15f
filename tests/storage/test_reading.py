"""Reading the journal back: which files are opened, in how large pieces, in which order, and with what beside."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.errors import CursorRefused
from watchkeeper.labels.label import Label
from watchkeeper.monitoring.answers.leafing import Place, leaf, newest
from watchkeeper.monitoring.errors import JournalRewritten
from watchkeeper.monitoring.journal.reading import ROWS, Selection, as_stream, batches, schema_of, select, write_parquet
from watchkeeper.monitoring.ports import JournalFile
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.work import Store

DAY = timedelta(days=1)


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def on(frame: Frame, day: int) -> Frame:
    """Moved to so many days before now."""
    moment = int((NOW - day * DAY).timestamp() * 1e6)
    return replace(frame, at=[moment + row for row in range(len(frame.ids))])


def answered(world: World, *frames: Frame) -> None:
    for frame in frames:
        world.plane.append(frame)
    world.collect()


def chosen(world: World, *where: Any, role: Role = Role.CHAMPION, **period: datetime) -> Selection:
    start, end = period.get("start"), period.get("end")
    with world.store.look() as work:
        return select(
            world.deployment, role=role, start=start, end=end, where=list(where), work=work, places=world.places
        )


def ids(selection: Selection) -> list[Any]:
    return [name for part in batches(selection, schema_of(selection)) for name in part["id"].to_pylist()]


def test_rows_are_those_of_the_period_that_meet_the_conditions(world: World) -> None:
    answered(world, on(call("a", rows=12), 9), on(call("b", rows=12), 2))
    assert len(ids(chosen(world))) == 24
    assert ids(chosen(world, ["size", ">", 8], start=NOW - 3 * DAY)) == ["b-9"]
    assert ids(chosen(world, ["id", "in", ["a-1", "b-1"]], end=NOW - 3 * DAY)) == ["a-1"]
    assert ids(chosen(world, ["key", "=", None])) == []


def test_a_file_that_the_period_can_not_be_in_is_not_opened(world: World) -> None:
    answered(world, on(call("a"), 9))
    (old,) = world.places.journal("d1").glob("*.parquet")
    answered(world, on(call("b"), 2))
    old.unlink()
    assert ids(chosen(world, start=NOW - 3 * DAY)) == ["b-0"]
    with pytest.raises(JournalRewritten):
        ids(chosen(world))


def test_what_is_gone_before_the_first_piece_is_said_before_the_first_piece(world: World) -> None:
    answered(world, call("a"))
    selection = chosen(world)
    for path in world.places.journal("d1").glob("*.parquet"):
        path.unlink()
    with pytest.raises(JournalRewritten):
        as_stream(selection)


def test_no_piece_is_larger_than_a_batch(world: World, tmp_path: Path) -> None:
    rows = 3 * ROWS + 5
    large = pa.table({"id": [str(row) for row in range(rows)], "at": pa.array([0] * rows, pa.timestamp("us", "UTC"))})
    path = world.places.journal("d1") / "large.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(large, path)
    zero = datetime(1970, 1, 1, tzinfo=UTC)
    with world.store.work() as work:
        work.journal.add_file("d1", JournalFile(path.name, "champion", rows, 1, zero, zero, NOW))
    selection = chosen(world)
    sizes = [part.num_rows for part in batches(selection, schema_of(selection))]
    assert (sum(sizes), max(sizes)) == (rows, ROWS)
    with pa.ipc.open_stream(pa.BufferReader(b"".join(as_stream(selection)))) as reader:
        assert reader.read_all().equals(large)
    write_parquet(selection, tmp_path / "all.parquet")
    assert pq.read_table(tmp_path / "all.parquet").equals(large)


def test_files_with_other_columns_and_types_are_read_as_one(world: World) -> None:
    moment = pa.array([NOW - DAY], pa.timestamp("us", "UTC"))
    world.places.journal("d1").mkdir(parents=True)
    for name, more in (("1", {"input.size": [1.5]}), ("2", {"input.size": ["vast"], "input.rooms": [2.0]})):
        pq.write_table(pa.table({"at": moment, "id": [name], **more}), world.places.journal("d1") / name)
        with world.store.work() as work:
            work.journal.add_file("d1", JournalFile(name, "champion", 1, 1, NOW - DAY, NOW - DAY, NOW))
    table = pa.Table.from_batches(list(batches(chosen(world), schema_of(chosen(world)))))
    assert table["input.size"].to_pylist() == ["1.5", "vast"]
    assert table["input.rooms"].to_pylist() == [None, 2.0]


def test_of_no_rows_the_columns_are_told_all_the_same(world: World) -> None:
    assert {"id", "at", "prediction", "input.size", "input.town"} <= set(schema_of(chosen(world)).names)


def test_pages_together_are_all_rows_newest_first(world: World) -> None:
    for number in range(6):
        answered(world, on(call(f"c{number}", rows=7), (number * 5) % 6))
    answered(world, *(on(call(f"again{number}", rows=3, ids=["x", "y", "z"]), 3) for number in range(2)))
    found: list[dict[str, Any]] = []
    after: Place | None = None
    while True:
        with world.store.look() as work:
            page = leaf(chosen(world), limit=4, after=Place.read(after.cursor) if after else None, work=work)
        found += page.rows
        assert len(page.rows) <= 4
        after = page.after
        if after is None:
            break
    assert len(found) == 48
    assert [Place.of(row).key for row in found] == sorted((Place.of(row).key for row in found), reverse=True)
    assert sorted(row["id"] for row in found) == sorted(ids(chosen(world)))


def test_a_page_opens_no_file_older_than_its_last_row(world: World) -> None:
    answered(world, on(call("old"), 9))
    (old,) = world.places.journal("d1").glob("*.parquet")
    answered(world, on(call("new", rows=3), 2))
    old.unlink()
    assert [row["id"] for row in newest(chosen(world), limit=3, after=None)] == ["new-2", "new-1", "new-0"]


def test_beside_a_row_stand_the_other_answer_and_the_label(world: World) -> None:
    frame = call("a", rows=2)
    beside = replace(frame, role="challenger", model="m2", inputs={}, owes=None, outputs=[7.0, 8.0])
    answered(world, frame, beside, call("b", owes=None))
    with world.store.work() as work:
        work.labels.hold("d1")
        work.labels.add("d1", [Label("a-1", 5.0, NOW, "me")], corrected=[])
    with world.store.look() as work:
        rows = {row["id"]: row for row in leaf(chosen(world), limit=9, after=None, work=work).rows}
        others = leaf(chosen(world, role=Role.CHALLENGER), limit=9, after=None, work=work).rows
    assert rows["a-1"]["label"] == 5.0
    assert rows["a-1"]["challenger"]["prediction"] == 8.0
    assert (rows["a-0"]["label"], rows["b-0"]["challenger"]) == (None, None)
    assert {row["id"]: row["champion"]["input.size"] for row in others} == {"a-0": 0.0, "a-1": 1.0}


@pytest.mark.parametrize("cursor", ["x", "1~2", "1~2~3~a", "1~2~0~", "1e9~1~0~a", f"{10**30}~1~0~a"])
def test_a_cursor_of_no_page_is_refused(cursor: str) -> None:
    with pytest.raises(CursorRefused):
        Place.read(cursor)


def test_a_cursor_leads_back_to_its_place() -> None:
    place = Place(NOW + timedelta(microseconds=1), "a~b", NOW, True)
    assert Place.read(place.cursor) == place
