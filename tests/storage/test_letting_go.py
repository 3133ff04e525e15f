"""Retention: raw rows go, oldest files first, and nothing that was counted from them changes."""

from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from msgspec.structs import replace

from tests.storage.test_erasing import Killed, answer_to, asked, names
from tests.storage.test_scoring import label, mae
from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.monitoring.answers.performing import Grain, Performance, performance
from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.monitoring.keeping import letting_go, tidying
from watchkeeper.monitoring.keeping.erasing import erase
from watchkeeper.monitoring.keeping.letting_go import let_go
from watchkeeper.monitoring.keeping.retaining import held, late_labels
from watchkeeper.monitoring.keeping.tidying import tidy
from watchkeeper.monitoring.ports import JournalFile
from watchkeeper.monitoring.retention import EVERYTHING, Retention, Said
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.pipelines.steps.journal_rows import tell_gone
from watchkeeper.pipelines.steps.log import Log
from watchkeeper.serving.deployment import Role
from watchkeeper.storage.work import Store

EVER = {"start": "1900-01-01", "end": "2200-01-01"}


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def kept(world: World, days: int | None = None, size: int | None = None) -> None:
    with world.store.work() as work:
        work.retentions.say("d1", Said(Retention(days, size), world.clock.now(), "Ann"))


def came(world: World, name: str, *, both: bool = True, **changed: Any) -> None:
    """A call of this moment in both roles, and a file of each."""
    now = world.clock.now()
    frame = replace(call(name, ids=[name]), received=int(now.timestamp() * 1e9), at=[int(now.timestamp() * 1e6)])
    frame = replace(frame, **{"owes": "m2" if both else None, **changed})
    world.plane.append(frame)
    if both:
        world.plane.append(replace(answer_to(frame), outputs=[frame.outputs[0] + 2]))
    world.collect()


def days_of_calls(world: World, *names: str) -> None:
    """A call a day, and one day more."""
    for name in names:
        came(world, name)
        world.clock.move(days=1)


def care(world: World) -> None:
    tidy(world.deployment, world.collector)


def on_disk(world: World) -> int:
    return len(list(world.places.journal("d1").glob("*.parquet")))


def scored(world: World) -> Performance:
    """Of the days from that of NOW on."""
    while score(world.deployment, world.collector):
        pass
    first, last = NOW.date().isoformat(), world.clock.now().date().isoformat()
    with world.store.look() as work:
        return performance(world.deployment, by=Grain.DAY, start=first, end=last, work=work)


def counted(world: World) -> Any:
    with world.store.look() as work:
        usage = work.watch.usage("d1", by=DaysOf.EVENT, **EVER)
        sheets = list(work.watch.sheets("d1", **EVER))
        cells = [cell for shared in (True, False) for cell in work.scores.cells("d1", shared=shared, **EVER)]
    return (
        [(cell.day, cell.role, cell.calls, cell.rows) for cell in usage],
        [(sheet.day, sheet.role, sheet.rows, sheet.counts.tolist()) for sheet in sheets],
        [(cell.day, cell.part, cell.role, cell.shared, cell.tally.numbers.tolist()) for cell in cells],
    )


def test_rows_go_once_they_are_too_old_and_what_was_counted_stays(world: World) -> None:
    kept(world, days=2)
    days_of_calls(world, "a", "b", "c", "d")
    label(world, {"a": 1.0, "d": 2.0})
    scored(world)
    before = counted(world)
    care(world)
    assert names(world) == names(world, Role.CHALLENGER) == ["c", "d"]
    assert counted(world) == before
    with world.store.look() as work:
        found = held(world.deployment, usual=EVERYTHING, now=world.clock.now(), work=work)
        reach = work.journal.reach("d1")
    assert found.gone is not None
    assert (found.rows, found.going, found.gone.rows, found.gone.since) == (4, 0, 4, NOW + timedelta(days=1))
    assert reach == (NOW, NOW + timedelta(days=3))
    care(world)
    assert names(world) == ["c", "d"]


def test_the_oldest_files_go_until_the_others_fit(world: World) -> None:
    days_of_calls(world, "a", "b", "c")
    with world.store.look() as work:
        files = work.journal.files("d1")
    kept(world, size=sum(file.bytes for file in files if file.made > NOW))
    care(world)
    assert names(world) == names(world, Role.CHALLENGER) == ["b", "c"]
    kept(world, size=1)
    care(world)
    assert names(world) == names(world, Role.CHALLENGER) == []


def test_without_a_rule_all_is_kept_and_the_installations_holds_where_there_is_no_other(world: World) -> None:
    days_of_calls(world, "a", "b", "c")
    care(world)
    object.__setattr__(world.collector, "retention", Retention(days=2))
    kept(world)
    care(world)
    assert names(world) == ["a", "b", "c"]
    with world.store.work() as work:
        work.retentions.say("d1", Said(None, world.clock.now(), "Ann"))
    care(world)
    assert names(world) == ["b", "c"]


def test_files_of_one_day_are_merged_and_go_together_with_their_newest_row(world: World) -> None:
    kept(world, days=2)
    for hour in range(10):
        came(world, f"a{hour}")
        world.clock.move(hours=1)
    world.clock.move(days=1)
    care(world)
    with world.store.look() as work:
        assert len(work.journal.files("d1", role=Role.CHAMPION)) == 1
    world.clock.move(hours=20)  # the first row is two days old by now, the last is not
    care(world)
    assert len(names(world)) == 10
    world.clock.move(hours=10)
    care(world)
    assert names(world) == []


def test_a_row_that_was_erased_does_not_make_the_others_of_its_file_young(world: World) -> None:
    came(world, "a", both=False, ids=["x", "y"], at=[0, 1], own_ids=[True] * 2, outputs=[1.0] * 2, inputs={})
    world.clock.move(days=2)
    asked(world, ["x"])
    erase(world.deployment, world.collector)
    kept(world, days=1)
    care(world)
    assert names(world) == []


def test_a_label_that_comes_too_late_changes_no_figure_and_is_counted(world: World) -> None:
    days_of_calls(world, "a", "b", "c")
    label(world, {"a": 9.0, "b": 9.0, "c": 9.0})
    before = mae(scored(world))
    kept(world, days=2)
    care(world)
    assert late(world) == 0
    label(world, {"a": 100.0, "c": 9.5, "never": 1.0})
    found = scored(world)
    assert found.total.roles[Role.CHAMPION].labelled == 3
    assert mae(found) == pytest.approx((before or 0) + 0.5 / 3)
    assert late(world) == 2  # of a row that is known to have gone, and of one that may have been there
    came(world, "never")
    assert (late(world), scored(world).total.roles[Role.CHAMPION].labelled) == (1, 4)
    world.clock.move(days=1)
    care(world)
    label(world, {"a": 101.0})
    assert (late(world), scored(world).total.roles[Role.CHAMPION].labelled) == (1, 4)


def late(world: World) -> int:
    scored(world)
    with world.store.look() as work:
        return late_labels(world.deployment, work=work).all


def test_a_late_label_counts_where_its_row_is_there_though_others_of_its_day_have_gone(world: World) -> None:
    days_of_calls(world, "a", "b")
    same_day = [int(NOW.timestamp() * 1e6)]
    came(world, "late", at=same_day)
    label(world, {"a": 1.0})
    scored(world)
    kept(world, days=1)
    care(world)
    assert names(world) == ["b", "late"]
    label(world, {"late": 0.5})
    day = next(each for each in scored(world).windows if each.name == "2026-03-01").roles
    assert [day[role].labelled for role in Role] == [2, 2]
    assert day[Role.CHAMPION].metrics["mae"].value == pytest.approx((1.0 + 0.5) / 2)


def test_labels_that_came_in_time_find_their_rows_before_these_go(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_of_calls(world, "a", "b")
    world.clock.move(days=2)
    label(world, {"a": 9.0, "b": 9.0})
    world.clock.move(seconds=1)
    kept(world, days=1)
    monkeypatch.setattr("watchkeeper.monitoring.answers.scoring.LABELS_A_TURN", 1)
    care(world)
    assert names(world) == ["a", "b"]
    care(world)
    assert names(world) == []
    assert scored(world).total.roles[Role.CHAMPION].labelled == 2
    assert late(world) == 0


def test_rows_to_which_an_answer_is_owed_stay_and_those_after_them(world: World) -> None:
    came(world, "a")
    world.clock.move(days=1)
    frame = replace(call("b", ids=["b"]), received=int(world.clock.now().timestamp() * 1e9))
    world.plane.append(frame)
    world.collect()
    world.clock.move(days=1)
    came(world, "c")
    world.clock.move(days=9)
    kept(world, days=1)
    care(world)
    assert names(world) == ["b", "c"]
    world.plane.append(answer_to(frame))
    world.collect()
    care(world)
    assert (names(world), names(world, Role.CHALLENGER)) == ([], ["b"])


def test_an_erasure_that_waits_still_finds_its_rows(world: World) -> None:
    days_of_calls(world, "a", "b")
    label(world, {"a": 9.0})
    asked(world, None, ["size", ">=", 0])
    kept(world, days=1)
    care(world)
    assert names(world) == ["a", "b"]
    erase(world.deployment, world.collector)
    care(world)
    with world.store.look() as work:
        assert work.labels.latest("d1", ["a"]) == {}


def test_a_rule_that_was_loosened_a_moment_ago_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    days_of_calls(world, "a", "b")
    kept(world, days=1)
    said = letting_go._said

    def meanwhile(*of: Any) -> Any:
        kept(world)
        return said(*of)

    monkeypatch.setattr(letting_go, "_said", meanwhile)
    care(world)
    assert names(world) == ["a", "b"]


def test_what_learns_from_the_journal_says_what_it_lacks(world: World) -> None:
    days_of_calls(world, "a", "b", "c")
    log = Log()
    with world.store.look() as work:
        tell_gone(world.deployment, first=None, log=log, work=work)
    assert log.read() == ("", 0)
    kept(world, days=1)
    care(world)
    with world.store.look() as work:
        tell_gone(world.deployment, first=None, log=log, work=work)
        tell_gone(world.deployment, first=NOW + timedelta(days=2), log=log, work=work)
    assert log.read()[0] == "2 rows are no longer kept; all that came since 2026-03-02 12:00 UTC are.\n"


def test_a_row_sent_again_within_a_week_counts_once_though_its_row_has_gone(world: World) -> None:
    kept(world, days=1)
    days_of_calls(world, "a", "b", "c")
    care(world)
    assert "a" not in names(world)
    came(world, "a")
    assert sum(sheet.rows for sheet in world.sheets() if sheet.role == Role.CHAMPION) == 3


@pytest.mark.parametrize("at", ["_let_go", "_days", "_said", "_gone"])
def test_killed_before_the_manifest_changes_it_is_done_again(
    world: World, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_of_calls(world, "a", "b", "c")
    label(world, {"a": 9.0})
    scored(world)
    before = counted(world)
    kept(world, days=2)

    killed_in_care(world, letting_go, at, monkeypatch)
    assert names(world) == ["a", "b", "c"]
    care(world)
    assert (names(world), counted(world)) == (["b", "c"], before)
    with world.store.look() as work:
        gone = work.retentions.gone("d1")
    assert gone is not None
    assert gone.rows == 2


def killed_in_care(world: World, module: ModuleType, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, at, die)
        with pytest.raises(Killed):
            care(world)


@pytest.mark.parametrize("at", ["merge_small", "remove_retired"])
def test_killed_between_the_manifest_and_the_files_the_next_care_removes_them(
    world: World, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_of_calls(world, "a", "b", "c")
    world.clock.move(hours=12)
    kept(world, days=3)

    killed_in_care(world, tidying, at, monkeypatch)
    assert (names(world), on_disk(world)) == (["b", "c"], 6)
    assert all((world.places.journal("d1") / file.name).is_file() for file in files(world))
    world.clock.move(minutes=11)
    care(world)
    assert (names(world), on_disk(world)) == (["b", "c"], 4)
    with world.store.look() as work:
        assert len(work.journal.names("d1")) == 4


def files(world: World) -> list[JournalFile]:
    with world.store.look() as work:
        return work.journal.files("d1")


def test_killed_while_files_are_removed_no_file_is_left_and_none_is_missed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_of_calls(world, "a", "b", "c")
    world.clock.move(hours=12)
    kept(world, days=3)
    care(world)
    world.clock.move(minutes=11)
    unlink = Path.unlink
    removed: list[str] = []

    def dying(path: Path, *, missing_ok: bool = False) -> None:
        if removed:
            raise Killed
        removed.append(path.name)
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", dying)
        with pytest.raises(Killed):
            care(world)
    assert on_disk(world) == 5
    care(world)
    assert (names(world), on_disk(world)) == (["b", "c"], 4)


def test_many_files_go_a_bounded_number_a_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letting_go, "AT_ONCE", 2)
    monkeypatch.setattr(letting_go, "MOST", 6)
    days_of_calls(world, "a", "b", "c", "d", "e")
    kept(world, days=1)
    token = world.collector.take(world.deployment)
    assert token is not None
    assert [let_go(world.deployment, world.collector, token) for _ in range(3)] == [6, 2, 0]
    assert names(world) == ["e"]


def test_the_coded_rows_of_a_day_go_with_its_files(world: World) -> None:
    days_of_calls(world, "a", "b", "c")
    kept(world, days=1)
    care(world)
    with world.store.look() as work:
        left = work.samples.seen("d1")
    assert [*left] == [(NOW + timedelta(days=2)).date().isoformat()]
