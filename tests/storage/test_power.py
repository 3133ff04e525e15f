"""A loss of power costs nothing that was promised: what makes a file needless is on the disk before the file goes."""

import dataclasses
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.storage.worlds import World, call, world_in
from watchkeeper.monitoring.keeping import erasing, tidying
from watchkeeper.storage.work import Store


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def files(world: World) -> set[str]:
    """Segments and the journal's files."""
    return {*world.plane.names("d1"), *(path.name for path in world.places.journal("d1").glob("*.parquet"))}


@contextmanager
def seen_at_syncs(world: World) -> Iterator[list[set[str]]]:
    """Which files were there each time that commits were put on the disk."""
    seen: list[set[str]] = []
    before = world.collector
    world.collector = dataclasses.replace(before, sync=lambda: seen.append(files(world)))
    yield seen
    world.collector = before


def test_a_segment_goes_once_the_commit_that_collected_it_is_on_the_disk(world: World) -> None:
    world.plane.append(call("c1", owes=None))
    world.end_plane()
    world.collect()
    before = files(world)
    with seen_at_syncs(world) as seen:
        tidying.tidy(world.deployment, world.collector)
    assert seen == [before]
    assert not any(name.endswith(".seg") for name in files(world))


def test_files_that_were_merged_go_once_that_is_on_the_disk(world: World) -> None:
    for number in range(tidying.MERGE_FROM):
        world.plane.append(call(f"c{number}", owes=None))
        world.collect()
    tidying.tidy(world.deployment, world.collector)
    before = files(world)
    world.clock.move(minutes=11)
    with seen_at_syncs(world) as seen:
        tidying.tidy(world.deployment, world.collector)
    assert seen == [before]
    assert len(before - files(world)) == tidying.MERGE_FROM


def test_files_of_which_rows_were_erased_go_once_that_is_on_the_disk(world: World) -> None:
    world.plane.append(call("c1", owes=None))
    world.collect()
    with world.store.work() as work:
        (name,) = [file.name for file in work.journal.files("d1")]
        work.journal.retire_files("d1", [name], at=world.clock.now())
    with seen_at_syncs(world) as seen:
        erasing.remove_old(world.deployment, world.collector)
    assert [name in there for there in seen] == [True]
    assert name not in files(world)


def test_where_nothing_goes_nothing_waits_for_the_disk(world: World) -> None:
    world.plane.append(call("c1", owes=None))
    world.collect()
    with seen_at_syncs(world) as seen:
        tidying.tidy(world.deployment, world.collector)
    assert seen == []


def test_the_name_of_a_directory_of_journal_files_is_on_the_disk_before_the_journal_names_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is on the disk can't be seen from here, so the system's call stands for it."""
    directory, synced = world.places.journal("d1"), list[str]()
    real = os.fsync

    def listened(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    monkeypatch.setattr(os, "fsync", listened)
    world.plane.append(call("c1", owes=None))
    world.collect()
    assert files(world)
    assert {str(directory.parent), str(directory.parent.parent)} <= set(synced)


def test_sqlite_puts_its_log_on_the_disk_and_postgresql_has_done_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is on the disk can't be seen from here, so the system's call stands for it."""
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").readlink().name))
    world.store.sync()
    log = "kept.sqlite-wal"
    assert [name for name in synced if name == log] == ([log] if world.store.engine.dialect.name == "sqlite" else [])


def test_a_database_without_a_log_is_on_the_disk(store: Store) -> None:
    store.close()
    store.sync()
