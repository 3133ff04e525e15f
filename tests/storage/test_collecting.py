"""From segments to journal and profiles: each row exactly once, whatever is killed and sent again."""

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.learning.model import Answers
from watchkeeper.monitoring.collecting import collecting
from watchkeeper.monitoring.collecting.collecting import LeaseLost
from watchkeeper.monitoring.collecting.stretches import Collected
from watchkeeper.monitoring.keeping import tidying
from watchkeeper.monitoring.ports import JournalFile
from watchkeeper.monitoring.usage.using import DaysOf, usage
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.split import Split
from watchkeeper.storage.migrating import migrate
from watchkeeper.storage.work import Store


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def column(world: World, role: Role, name: str = "id") -> list[Any]:
    return list(world.journal(role)[name].to_pylist())


def answer_to(frame: Frame, **changed: object) -> Frame:
    beside = replace(frame, role="challenger", model="m2", inputs={}, owes=None, violations=[])
    return replace(beside, **changed)


def test_what_was_answered_is_in_the_journal_and_in_the_counts_once(world: World) -> None:
    for number in range(5):
        world.plane.append(call(f"c{number}", rows=3))
        world.plane.append(answer_to(call(f"c{number}", rows=3)))
        world.collect()
    assert sorted(column(world, Role.CHAMPION)) == sorted(f"c{number}-{row}" for number in range(5) for row in range(3))
    sheets = {sheet.role: sheet for sheet in world.sheets()}
    assert {role: sheet.rows for role, sheet in sheets.items()} == {"champion": 15, "challenger": 15}
    assert sheets["champion"].counts.sum() == 15 * 3  # two features and the prediction
    assert sheets["challenger"].counts.sum() == 15
    assert world.owed() == []


def test_what_waits_is_said_in_bytes_until_it_is_collected(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "FRAMES_A_TURN", 2)
    assert world.waiting() == 0
    for number in range(3):
        world.plane.append(call(f"c{number}"))
    everything = world.waiting()
    turns = [world.collector.turn(world.deployment)]
    assert 0 < world.waiting() < everything
    turns += [world.collector.turn(world.deployment) for _ in range(2)]
    assert turns == [Collected(2, all=False), Collected(1, all=True), Collected(0, all=True)]
    assert world.waiting() == 0


def test_calls_that_were_not_recorded_are_told_once_on_the_day_they_came(world: World) -> None:
    tally = replace(call("unrecorded-1", owes=None), kind="unrecorded", ids=[], at=[], inputs={}, outputs=[])
    world.plane.append(replace(tally, unrecorded=(3, 40)))
    world.collect()
    world.plane.append(replace(tally, unrecorded=(3, 40)))  # told again after a kill
    world.plane.append(call("c1"))
    world.collect()
    with world.store.look() as work:
        for by in DaysOf:
            cells = work.watch.usage("d1", by=by, start="1900-01-01", end="2200-01-01")
            assert [(c.day, c.unrecorded_calls, c.unrecorded_rows) for c in cells if c.unrecorded_rows] == [
                ("2026-03-01", 3, 40)
            ]
            assert (sum(cell.calls for cell in cells), sum(cell.errors for cell in cells)) == (1, 0)
    assert world.count() == 1


def test_a_day_is_a_day_of_the_deployments_zone(world: World) -> None:
    late = 1_772_406_000_000_000  # 2026-03-01 23:00 UTC, already the second in Paris
    world.plane.append(replace(call("c1"), at=[late], received=late * 1000))
    world.collect()
    assert {sheet.day for sheet in world.sheets()} == {"2026-03-02"}


def test_a_release_begins_on_the_day_of_its_first_rows(world: World) -> None:
    day = 86_400_000_000
    frame = call("c1", owes=None)
    world.plane.append(frame)
    world.plane.append(replace(frame, call="c2", ids=["c2"], release=2))
    world.plane.append(replace(frame, call="c3", ids=["c3"], at=[frame.at[0] - day]))
    world.collect()
    with world.store.look() as work:
        assert work.watch.release_days("d1") == {1: "2026-02-27", 2: "2026-02-28"}


def test_rows_of_one_call_count_on_their_own_days_and_the_call_on_its_latest(world: World) -> None:
    day = 86_400_000_000
    frame = call("c1", rows=3, owes=None)
    world.plane.append(replace(frame, at=[frame.at[0] - day, frame.at[0] - day, frame.at[0]]))
    world.collect()
    with world.store.look() as work:
        event = work.watch.usage("d1", by="event", start="1900-01-01", end="2200-01-01")
        arrival = work.watch.usage("d1", by="arrival", start="1900-01-01", end="2200-01-01")
    assert [(cell.day, cell.calls, cell.rows) for cell in event] == [("2026-02-27", 0, 2), ("2026-02-28", 1, 1)]
    assert [(cell.day, cell.calls, cell.rows) for cell in arrival] == [("2026-03-01", 1, 3)]
    assert {sheet.day: sheet.rows for sheet in world.sheets()} == {"2026-02-27": 2, "2026-02-28": 1}


def test_a_retry_with_the_callers_own_id_counts_once_and_is_kept_as_a_duplicate(world: World) -> None:
    for name in ("c1", "c2"):
        world.plane.append(call(name, rows=2, ids=["a", "b"]))
        world.plane.append(answer_to(call(name, rows=2, ids=["a", "b"])))
        world.collect()
    for role in Role:
        assert sorted(zip(column(world, role), column(world, role, "duplicate"), strict=True)) == [
            ("a", False),
            ("a", True),
            ("b", False),
            ("b", True),
        ]
    assert world.count() == 4
    with world.store.look() as work:
        cells = work.watch.usage("d1", by="event", start="1900-01-01", end="2200-01-01")
    assert {cell.role: (cell.calls, cell.rows) for cell in cells} == {"champion": (2, 2), "challenger": (2, 2)}


def test_a_second_answer_of_the_challenger_counts_for_nothing(world: World) -> None:
    world.plane.append(call("c1"))
    world.plane.append(answer_to(call("c1")))
    world.collect()
    world.plane.append(answer_to(call("c1"), outputs=[9.0], caught_up=True))
    world.collect()
    assert world.count() == 2
    assert sorted(column(world, Role.CHALLENGER, "duplicate")) == [False, True]


def test_a_collector_that_was_overtaken_writes_nothing(world: World) -> None:
    world.plane.append(call("c1"))
    token = world.collector.take(world.deployment)
    assert token is not None
    world.clock.move(minutes=5)
    with world.store.work() as work:
        now = world.clock.now()
        work.lease.take("collect d1", holder="another", now=now, until=now.replace(year=2030))
    stretches = world.collector._read(world.deployment, world.collector._offsets(world.deployment))[0]
    with pytest.raises(LeaseLost):
        world.collector._keep(world.deployment, stretches, token)
    assert world.count() == 0
    assert world.journal(Role.CHAMPION).num_rows == 0


def test_a_crash_before_the_transaction_leaves_only_a_file_that_nobody_reads(world: World) -> None:
    world.plane.append(call("c1", rows=2))

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    commit = world.collector._commit
    object.__setattr__(world.collector, "_commit", die)
    with pytest.raises(Killed):
        world.collector.turn(world.deployment)
    written = list(world.places.journal("d1").glob("*.parquet"))
    assert len(written) == 1
    assert (world.count(), world.journal(Role.CHAMPION).num_rows) == (0, 0)
    object.__setattr__(world.collector, "_commit", commit)
    world.collect()
    assert (world.count(), world.journal(Role.CHAMPION).num_rows) == (2, 2)
    assert list(world.places.journal("d1").glob("*.parquet")) == written


def test_a_segment_is_removed_once_it_is_collected_and_nothing_is_owed_to_it(world: World) -> None:
    world.plane.append(call("c1"))
    world.end_plane()
    world.collect()
    tidying.tidy(world.deployment, world.collector)
    assert len(world.plane.names("d1")) == 1
    world.plane.append(answer_to(call("c1")))
    world.collect()
    tidying.tidy(world.deployment, world.collector)
    assert len(world.plane.names("d1")) == 1
    world.end_plane()
    world.collect()
    tidying.tidy(world.deployment, world.collector)
    assert world.plane.names("d1") == []
    assert world.count() == 2


def test_many_small_files_become_one_with_the_same_rows(world: World) -> None:
    for number in range(tidying.MERGE_FROM + 3):
        world.plane.append(call(f"c{number}", owes=None))
        world.collector.turn(world.deployment)
    before = sorted(column(world, Role.CHAMPION))
    tidying.tidy(world.deployment, world.collector)
    with world.store.look() as work:
        assert len(work.journal.files("d1", role=Role.CHAMPION)) == 1
    assert sorted(column(world, Role.CHAMPION)) == before
    world.clock.move(hours=1)
    tidying.tidy(world.deployment, world.collector)
    assert len(list(world.places.journal("d1").glob("*.parquet"))) == 1


def test_files_of_a_day_end_up_few_and_no_row_is_written_anew_often() -> None:
    files, written = list[JournalFile](), 0
    for number in range(2_000):
        files.append(JournalFile(f"f{number}", "champion", 10, 20_000, NOW, NOW, NOW))
        while chosen := next(tidying.to_merge(files, today=NOW.date()), None):
            size = sum(file.bytes for file in chosen)
            written += size
            files = [file for file in files if file not in chosen]
            files.append(dataclasses.replace(chosen[0], name=f"{chosen[0].name}+", bytes=size))
    assert len(files) < 40
    assert written < 5 * 2_000 * 20_000
    tomorrow = NOW.date() + timedelta(days=1)
    assert list(tidying.to_merge(files, today=tomorrow)) == [files]  # what is left of a day that is over becomes one
    assert list(tidying.to_merge(files[:1], today=tomorrow)) == []


def test_refused_and_failed_calls_are_errors_and_no_rows(world: World) -> None:
    for kind in ("refused", "failed"):
        world.plane.append(replace(call("c1", owes=None), kind=kind, ids=[], at=[], inputs={}, outputs=[]))
    world.collect()
    assert world.count() == 0
    with world.store.look() as work:
        (cell,) = work.watch.usage("d1", by="arrival", start="1900-01-01", end="2200-01-01")
    assert (cell.calls, cell.errors, cell.rows) == (2, 2, 0)


def test_a_challenger_that_can_never_answer_is_asked_once_more_and_then_given_up(world: World) -> None:
    world.plane.append(call("c1"))
    world.plane.append(answer_to(call("c1"), kind="failed", ids=["c1-0"], outputs=[], error="no"))
    world.collect()
    assert world.owed() == ["c1"]
    world.plane.append(answer_to(call("c1"), kind="failed", outputs=[], caught_up=True, error="no"))
    world.collect()
    assert world.owed() == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=6),
    steps=st.lists(st.sampled_from(["collect", "end", "tidy", "again"]), max_size=6),
)
def test_in_whatever_order_things_happen_each_row_counts_once(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], steps: list[str]
) -> None:
    root = tmp_path_factory.mktemp("law")
    store = Store(f"sqlite:///{root / 'kept.sqlite'}")
    migrate(store)
    world = world_in(store, root)
    plan = [*steps, *[""] * len(sizes)]
    for number, size in enumerate(sizes):
        frame = call(f"c{number}", rows=size, ids=[f"{number}-{row}" for row in range(size)])
        world.plane.append(frame)
        if plan[number] == "again":
            world.plane.append(replace(frame, call=f"again{number}", owes=None))
        elif plan[number] == "collect":
            world.collector.turn(world.deployment)
        elif plan[number] == "end":
            world.end_plane()
        elif plan[number] == "tidy":
            tidying.tidy(world.deployment, world.collector)
        world.plane.append(answer_to(frame))
    world.collect()
    assert world.count() == 2 * sum(sizes)
    assert world.owed() == []
    for role in Role:
        pairs = zip(column(world, role), column(world, role, "duplicate"), strict=True)
        counted = [name for name, twice in pairs if not twice]
        assert sorted(counted) == sorted(f"{number}-{row}" for number, size in enumerate(sizes) for row in range(size))
    named = {path.name for path in world.places.journal("d1").glob("*.parquet")}
    assert all(pq.read_metadata(world.places.journal("d1") / name).num_rows for name in named)
    store.close()


def test_a_challenger_that_sees_some_rows_is_counted_for_those_alone(world: World) -> None:
    frame = replace(call("c1", rows=4, ids=["a", "b", "c", "d"]), owed_rows=[1, 3])
    again = replace(call("c2", rows=4, ids=["d", "e", "f", "g"]), owed_rows=[0, 2])  # d came before
    for each in (frame, again):
        world.plane.append(each)
    world.collect()
    world.end_plane()
    assert world.owed() == ["c1", "c2"]
    for each in (frame, again):
        rows = each.owed_rows or []
        world.plane.append(
            answer_to(
                each,
                ids=[each.ids[row] for row in rows],
                at=[each.at[row] for row in rows],
                own_ids=[True] * 2,
                outputs=[1.0, 1.0],
                owed_rows=None,
            )
        )
    world.collect()
    found = sorted(zip(column(world, Role.CHALLENGER), column(world, Role.CHALLENGER, "duplicate"), strict=True))
    assert found == [("b", False), ("d", False), ("d", True), ("f", False)]
    assert {sheet.role: sheet.rows for sheet in world.sheets()} == {"champion": 7, "challenger": 3}
    assert world.owed() == []


def led_by_the_challenger(name: str, **of: Any) -> Frame:
    return replace(call(name, **of), role="challenger", model="m2", owes="m1", part="answered")


def champion_beside(frame: Frame, **changed: object) -> Frame:
    beside = replace(frame, role="champion", model="m1", owes=None, violations=[], part="unseen", milliseconds=900.0)
    return replace(beside, **changed)


def test_what_the_challenger_answered_in_a_split_counts_once_for_each_model(world: World) -> None:
    for number in range(3):
        frame = replace(led_by_the_challenger(f"c{number}", rows=2), violations=[(1, "size", "out-of-range", "99")])
        world.plane.append(frame)
        world.collect()
        assert world.owed() == [f"c{number}"]
        world.plane.append(champion_beside(frame))
        world.plane.append(champion_beside(frame, caught_up=True))
        world.collect()
    sheets = {sheet.role: sheet for sheet in world.sheets()}
    assert {role: sheet.rows for role, sheet in sheets.items()} == {"champion": 6, "challenger": 6}
    assert sheets["champion"].counts.sum() == 6 * 3  # two features and the prediction
    assert sheets["challenger"].counts.sum() == 6
    assert world.owed() == []
    for role, unseen in ((Role.CHAMPION, True), (Role.CHALLENGER, False)):
        assert {*column(world, role, "unseen")} == {unseen}
        assert column(world, role, "input.size")[:2] == [0.0, 1.0]
    with world.store.look() as work:
        cells = work.watch.usage("d1", by="event", start="1900-01-01", end="2200-01-01")
        (violation,) = work.watch.violations("d1", start="1900-01-01", end="2200-01-01")
    assert violation.rows == 3
    used = {cell.role: (cell.calls, cell.rows, cell.milliseconds, int(cell.times.sum())) for cell in cells}
    assert used == {"champion": (3, 6, 0.0, 0), "challenger": (3, 6, 6.0, 3)}  # callers waited for one model alone


def test_usage_tells_whose_answers_callers_got(world: World) -> None:
    shadowed = call("c0")
    for frame in (shadowed, answer_to(shadowed)):
        world.plane.append(frame)
    with world.store.work() as work:
        release = work.deployments.current("d1")
        work.deployments.add_release(dataclasses.replace(release, number=2, split=Split(0.5)))
    for number in range(1, 6):
        led = led_by_the_challenger(f"c{number}") if number > 2 else replace(call(f"c{number}"), part="answered")
        beside = champion_beside(led) if number > 2 else answer_to(led, part="unseen")
        for frame in (led, beside):
            world.plane.append(replace(frame, release=2))
    world.collect()
    with world.store.look() as work:
        found = usage(world.deployment, by=DaysOf.EVENT, start="2026-02-01", end="2026-03-02", work=work).total
    assert {role: (each.calls, each.answered) for role, each in found.items()} == {
        Role.CHAMPION: (6, 3),
        Role.CHALLENGER: (6, 3),
    }


def test_a_retry_that_meets_the_other_model_counts_once(world: World) -> None:
    """The share has grown between the two."""
    first = replace(call("c1", rows=2, ids=["a", "b"]), part="answered")
    second = led_by_the_challenger("c2", rows=2, ids=["a", "c"])
    for each in (first, second):
        world.plane.append(each)
    world.plane.append(answer_to(first, part="unseen"))
    world.plane.append(champion_beside(second))
    world.collect()
    for role in Role:
        found = sorted(zip(column(world, role), column(world, role, "duplicate"), strict=True))
        assert found == [("a", False), ("a", True), ("b", False), ("c", False)]
    assert {sheet.role: sheet.rows for sheet in world.sheets()} == {"champion": 3, "challenger": 3}


def test_the_worker_answers_for_a_champion_that_owes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, float]] = []

    class Model:
        def __init__(self, name: str) -> None:
            self.name = name

        def deciding_at(self, threshold: float) -> "Model":
            asked.append((self.name, threshold))
            return self

        def answer(self, columns: dict[str, Any], at: list[int]) -> Answers:
            assert len(at) == len(columns["size"])
            return Answers([7.0] * len(at), None)

    monkeypatch.setattr(collecting, "load_model", lambda directory: Model(directory.name))
    with world.store.work() as work:
        release = work.deployments.current("d1")
        work.deployments.add_release(dataclasses.replace(release, number=2, threshold=0.2))
    world.plane.append(call("c1"))
    world.plane.append(replace(led_by_the_challenger("c2", rows=2), release=2))
    world.collect()
    world.end_plane()
    assert world.collector.catch_up(world.deployment) == 2
    assert sorted(asked) == [("m1", 0.2), ("m2", 0.5)]
    world.collect()
    assert world.owed() == []
    assert sorted(column(world, Role.CHAMPION, "prediction"))[-2:] == [7.0, 7.0]
    assert {sheet.role: sheet.rows for sheet in world.sheets() if sheet.release == 2} == {
        "champion": 2,
        "challenger": 2,
    }
