"""Erasing rows: gone from every file and segment, once, and whatever is killed in between never half."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.storage.test_masking import ANN, mask
from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.access.permitting import permit
from watchkeeper.access.role import Right
from watchkeeper.labels.label import Label
from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.monitoring.erasure import Erasure, ErasureState
from watchkeeper.monitoring.errors import NoColumn, NothingToErase, WhereRefused
from watchkeeper.monitoring.keeping import erasing
from watchkeeper.monitoring.keeping.erasing import ask_erasure, erase
from watchkeeper.monitoring.keeping.tidying import tidy
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame, pack, pack_as_long, unpack, without_rows
from watchkeeper.storage.work import Store


class Killed(BaseException):
    pass


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def asked(
    world: World,
    ids: list[str] | None = None,
    *where: Any,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Erasure:
    with world.store.work() as work:
        ann = permit(ANN, Right.MANAGE, project="p1", members=work.members)
        return ask_erasure(
            world.deployment,
            ids=ids,
            where=list(where),
            start=start,
            end=end,
            permit=ann,
            work=work,
            clock=world.clock,
        )


def done(world: World, erasure: Erasure) -> Erasure:
    with world.store.look() as work:
        found = work.erasures.get(erasure.id)
    assert found is not None
    return found


def answer_to(frame: Frame) -> Frame:
    return replace(frame, role="challenger", model="m2", inputs={}, owes=None, violations=[])


def answered(world: World, *frames: Frame) -> None:
    for frame in frames:
        world.plane.append(frame)
        if frame.owes:
            world.plane.append(answer_to(frame))
        world.collect()


def names(world: World, role: Role = Role.CHAMPION) -> list[Any]:
    return sorted(world.journal(role)["id"].to_pylist())


def on_disk(world: World) -> bytes:
    """All that the segments and the journal's files hold, the files' pages opened."""
    import pyarrow.parquet as pq

    segments = [path.read_bytes() for path in world.places.segments().rglob("*.seg")]
    files = [str(pq.read_table(path).to_pylist()).encode() for path in world.places.journal("d1").glob("*.p*")]
    return b"".join([*segments, *files])


def test_rows_are_gone_in_both_roles_from_files_and_segments_and_the_counts_stay(world: World) -> None:
    answered(world, call("a", rows=3), call("b", rows=2))
    before = [(sheet.role, sheet.rows, sheet.counts.tolist()) for sheet in world.sheets()]
    with world.store.work() as work:
        work.labels.hold("d1")
        labels = [Label("a-1", 5.0, NOW, "me"), Label("a-1", 6.0, NOW, "me"), Label("b-0", 1.0, NOW, "me")]
        work.labels.add("d1", labels[:1], corrected=[])
        work.labels.add("d1", labels[1:], corrected=["a-1"])
    while score(world.deployment, world.collector):
        pass
    assert b"a-1" in on_disk(world)
    erasure = asked(world, ["a-1", "b-1", "nobody"])
    assert erase(world.deployment, world.collector) == 1
    for role in Role:
        assert names(world, role) == ["a-0", "a-2", "b-0"]
    assert b"a-1" not in on_disk(world)
    assert b"a-2" in on_disk(world)
    assert [(sheet.role, sheet.rows, sheet.counts.tolist()) for sheet in world.sheets()] == before
    found = done(world, erasure)
    assert (found.state, found.rows, found.labels, found.ids, found.given) == (ErasureState.DONE, 4, 1, (), 3)
    with world.store.look() as work:
        assert work.labels.latest("d1", ["a-1", "b-0"]) == {"b-0": 1.0}
        assert work.labels.history("d1", "a-1") == []
        status = work.labels.status("d1")
    assert (status.rows, status.matched, status.corrections, status.days_waiting) == (1, 1, 0, 1)
    while score(world.deployment, world.collector):
        pass
    with world.store.look() as work:
        assert work.scores.labelled("d1", start="1900-01-01", end="2200-01-01")["2026-02-28", "champion"] == 1
    assert erase(world.deployment, world.collector) == 0


def test_conditions_and_a_period_say_which_rows_and_their_other_answers_go_too(world: World) -> None:
    answered(world, call("a", rows=5))
    asked(world, None, ["size", ">=", 3])
    erase(world.deployment, world.collector)
    assert (names(world), names(world, Role.CHALLENGER)) == (["a-0", "a-1", "a-2"],) * 2
    asked(world, None, start=NOW - timedelta(days=1, microseconds=-1))
    erase(world.deployment, world.collector)
    assert (names(world), names(world, Role.CHALLENGER)) == (["a-0"],) * 2


def test_a_value_is_found_where_only_its_hash_is_kept(world: World) -> None:
    towns = [["Lyon", "Nice", "Metz"], ["Metz", "Lyon", "Nice"]]
    answered(world, replace(call("a", rows=3, owes=None), inputs={"size": [1.0] * 3, "town": towns[0]}))
    mask(world, town="hashed")
    answered(world, replace(call("b", rows=3, owes=None), inputs={"size": [1.0] * 3, "town": towns[1]}))
    erasure = asked(world, None, ["town", "in", ["Metz"]])
    erase(world.deployment, world.collector)
    assert names(world) == ["a-0", "a-1", "b-1", "b-2"]
    assert done(world, erasure).where == [["town", "in", "(hashed)"]]


def test_rows_that_wait_in_a_segment_are_collected_first(world: World) -> None:
    world.plane.append(call("a", rows=2, owes=None))
    erasure = asked(world, ["a-0"])
    assert erase(world.deployment, world.collector) == 0
    assert done(world, erasure).state is ErasureState.WAITING
    world.collect()
    assert erase(world.deployment, world.collector) == 1
    assert names(world) == ["a-1"]


def test_a_call_whose_challenger_owes_an_answer_waits_for_it(world: World) -> None:
    world.plane.append(call("a", rows=2))
    world.collect()
    erasure = asked(world, ["a-0"])
    assert erase(world.deployment, world.collector) == 0
    world.plane.append(answer_to(call("a", rows=2)))
    world.collect()
    assert erase(world.deployment, world.collector) == 1
    assert names(world, Role.CHALLENGER) == ["a-1"]
    assert done(world, erasure).rows == 2


def test_what_arrives_after_an_erasure_was_asked_for_stays(world: World) -> None:
    answered(world, call("a", ids=["x"], owes=None))
    asked(world, ["x"])
    world.clock.move(minutes=1)
    later = int(world.clock.now().timestamp() * 1e9)
    answered(world, replace(call("b", ids=["x"], owes=None), received=later))
    erase(world.deployment, world.collector)
    assert world.journal(Role.CHAMPION)["call"].to_pylist() == ["b"]


def test_the_example_of_a_violation_goes_with_its_row_and_other_examples_stay(world: World) -> None:
    for name, example in (("a", "Metz"), ("b", "Nancy")):
        seen = [(0, "town", "new_level", example)]
        world.clock.move(days=1)
        frame = call(name, owes=None)
        answered(world, replace(frame, violations=seen, at=[frame.at[0] + 86_400_000_000 * (name == "b")]))
    asked(world, ["a-0"])
    erase(world.deployment, world.collector)
    with world.store.look() as work:
        cells = work.watch.violations("d1", start="1900-01-01", end="2200-01-01")
    assert sorted(cell.example for cell in cells) == ["", "Nancy"]
    assert b"Metz" not in on_disk(world)


def test_files_that_were_merged_away_a_moment_ago_are_removed_at_once_too(world: World) -> None:
    for number in range(33):
        answered(world, call(f"c{number}", owes=None))
    tidy(world.deployment, world.collector)
    assert len(list(world.places.journal("d1").glob("*.parquet"))) == 34
    asked(world, ["c7-0"])
    erase(world.deployment, world.collector)
    assert len(names(world)) == 32
    assert len(list(world.places.journal("d1").glob("*.parquet"))) == 1
    assert b"c7-0" not in on_disk(world)


@pytest.mark.parametrize("at", ["_scrub", "_rewrite", "_without", "remove_old"])
@pytest.mark.parametrize("after", [False, True])
def test_killed_anywhere_the_journal_has_all_rows_or_none_of_the_erased(
    world: World, at: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(world, call("a", rows=3), call("b", rows=2))
    erasure = asked(world, ["a-1", "b-0", "b-1"])
    step = getattr(erasing, at)

    def dies(*parts: Any) -> None:
        if after:
            step(*parts)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(erasing, at, dies)
        with pytest.raises(Killed):
            erase(world.deployment, world.collector)
    finished = done(world, erasure).state is ErasureState.DONE
    assert finished == (at == "remove_old")
    for role in Role:
        assert names(world, role) == (["a-0", "a-2"] if finished else ["a-0", "a-1", "a-2", "b-0", "b-1"])
    erase(world.deployment, world.collector)
    tidy(world.deployment, world.collector)
    for role in Role:
        assert names(world, role) == ["a-0", "a-2"]
    assert (done(world, erasure).rows, b"b-1" in on_disk(world)) == (6, False)
    assert len(list(world.places.journal("d1").glob("*.parquet"))) == 2


def test_a_record_that_was_changed_in_place_leaves_those_around_it_and_what_is_written_meanwhile(world: World) -> None:
    for number in range(3):
        world.plane.append(call(f"c{number}", rows=2, owes=None))
    world.collect()
    world.plane.append(call("after", owes=None))
    (segment,) = world.plane.names("d1")
    size = world.plane.size("d1", segment)
    world.plane.redact("d1", segment, lambda frame: without_rows(frame, {"c1-0", "c1-1", "c2-1"}), end=size)
    world.plane.append(call("later", owes=None))
    found, _, whole = world.plane.read("d1", segment, 0, limit=10)
    assert whole
    assert [frame.ids for frame, _ in found] == [["c0-0", "c0-1"], [], ["c2-0"], ["after-0"], ["later-0"]]


@pytest.mark.parametrize("gone", range(1, 330, 7))
def test_any_record_can_be_packed_as_long_as_it_was(gone: int) -> None:
    frame = call("a", ids=["x" * gone, "y"], rows=2, owes=None)
    shorter = without_rows(frame, {"x" * gone})
    assert shorter is not None
    record = pack_as_long(shorter, len(pack(frame)))
    assert (len(record), unpack(record[8:]).ids) == (len(pack(frame)), ["y"])


def test_too_many_rows_at_once_fail_with_a_reason(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "MOST_ROWS", 3)
    answered(world, call("a", rows=4))
    erasure = asked(world, None, ["size", ">=", 0])
    erase(world.deployment, world.collector)
    found = done(world, erasure)
    assert (found.state, "shorter period" in found.error) == (ErasureState.FAILED, True)
    assert len(names(world)) == 4


@pytest.mark.parametrize(
    ("ids", "where", "kind"),
    [
        (None, [], NothingToErase),
        ([], [], NothingToErase),
        (["a"], [["size", ">", 1]], NothingToErase),
        ([""], [], NothingToErase),
        (["x" * 201], [], NothingToErase),
        (["x"] * 10_001, [], NothingToErase),
        (None, [["colour", "=", 1]], NoColumn),
        (None, [["size", "="]], WhereRefused),
    ],
)
def test_what_does_not_say_which_rows_is_refused(
    world: World, ids: list[str] | None, where: list[Any], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        asked(world, ids, *where)
    with world.store.look() as work:
        assert work.erasures.page("d1", after=None, limit=9) == []
