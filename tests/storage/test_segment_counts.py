"""Rows counted apart by a declared segment: they add up to their days, whatever way they came; on every database."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from tests.storage.test_collecting import answer_to
from tests.storage.test_erasing import asked
from tests.storage.test_masking import ANN, mask
from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.access.permitting import permit
from watchkeeper.access.role import Right
from watchkeeper.monitoring.collecting import segment_references
from watchkeeper.monitoring.collecting.collecting import LeaseLost
from watchkeeper.monitoring.collecting.segmenting import segment_by
from watchkeeper.monitoring.errors import SegmentRefused
from watchkeeper.monitoring.keeping.erasing import erase
from watchkeeper.monitoring.ports import Sheet
from watchkeeper.monitoring.segment import COUNTED, FEATURES, GONE, HIDDEN, MISSING, MOST, OTHER, Segmented
from watchkeeper.monitoring.segments.segment_views import as_sheet
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.work import Store

EVER: dict[str, Any] = {"start": "1900-01-01", "end": "2200-01-01"}
REFERENCE = ["Nice"] * 60 + ["Lyon"] * 30 + [None] * 10


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def by(world: World, column: str | None) -> None:
    with world.store.work() as work:
        ann = permit(ANN, Right.WRITE, project="p1", members=work.members)
        segment_by(world.deployment, column, permit=ann, work=work, places=world.places, clock=world.clock)


def with_reference(world: World, towns: Sequence[str | None] = REFERENCE) -> None:
    path = world.places.table("s1")
    path.parent.mkdir(parents=True, exist_ok=True)
    sizes = np.linspace(0, 10, len(towns))
    pq.write_table(pa.table({"size": sizes, "town": pa.array(towns, pa.string())}), path)


def from_towns(name: str, towns: Sequence[Any], **changed: Any) -> Frame:
    frame = call(name, rows=len(towns))
    return replace(frame, inputs={**frame.inputs, "town": list(towns)}, **changed)


def column_of(world: World, number: int = 1) -> Segmented:
    with world.store.look() as work:
        return work.segments.columns("d1")[number - 1]


def sheets_of(world: World, number: int = 1) -> dict[tuple[str, str, str], Sheet]:
    """By segment, role and day."""
    with world.store.look() as work:
        found = list(work.segments.sheets("d1", number, **EVER))
    labels = column_of(world, number).labels()
    return {(labels[each.place], each.role, each.day): as_sheet(each) for each in found}


def rows_of(world: World, number: int = 1, role: Role = Role.CHAMPION) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (segment, whose, _), sheet in sheets_of(world, number).items():
        if whose == role:
            found[segment] += sheet.rows
    return dict(found)


def test_segments_add_up_to_their_days_in_every_column_and_role(world: World) -> None:
    by(world, "town")
    day = 86_400_000_000
    frame = from_towns("c1", ["Lyon", "Nice", None, "Metz", "Lyon"])
    frame = replace(frame, at=[at + row % 2 * day for row, at in enumerate(frame.at)])
    world.plane.append(frame)
    world.plane.append(answer_to(frame, outputs=[1.0, 2.0, 3.0, 4.0, 5.0]))
    world.collect()
    found, days = sheets_of(world), {(sheet.role, sheet.day): sheet for sheet in world.sheets()}
    assert rows_of(world) == rows_of(world, role=Role.CHALLENGER) == {"Lyon": 2, "Nice": 1, "missing": 1, "Metz": 1}
    for (role, of_day), whole in days.items():
        mine = [sheet for (_, whose, when), sheet in found.items() if (whose, when) == (role, of_day)]
        assert sum(sheet.rows for sheet in mine) == whole.rows
        assert np.sum([sheet.counts for sheet in mine], axis=0).tolist() == whole.counts.tolist()


def test_rows_that_come_in_several_turns_or_again_count_as_if_they_came_once(world: World) -> None:
    by(world, "town")
    towns = ["Lyon", "Metz", None, "Nice"] * 3
    own = {"own_ids": [True] * len(towns)}
    for name in ("c1", "again"):
        world.plane.append(replace(from_towns(name, towns, **own), ids=[f"own-{n}" for n in range(len(towns))]))
        world.collect()
    assert rows_of(world) == {"Lyon": 3, "Nice": 3, "missing": 3, "Metz": 3}


def test_an_answer_that_comes_turns_later_is_in_the_segment_of_its_call(world: World) -> None:
    by(world, "town")
    frame = from_towns("c1", ["Nice", "Metz"])
    world.plane.append(frame)
    world.collect()
    world.plane.append(answer_to(frame))
    world.collect()
    assert rows_of(world, role=Role.CHALLENGER) == {"Nice": 1, "Metz": 1}


def test_what_a_worker_computes_for_a_model_that_owed_it_is_in_the_segment_of_its_call(world: World) -> None:
    by(world, "town")
    frame = replace(from_towns("c1", ["Nice", "Metz", "Lyon"]), owed_rows=[1, 2])
    world.plane.append(frame)
    world.collect()
    beside = answer_to(frame, ids=frame.ids[1:], at=frame.at[1:], outputs=[3.0, 4.0], caught_up=True)
    world.plane.append(beside)
    world.collect()
    assert rows_of(world, role=Role.CHALLENGER) == {"Metz": 1, "Lyon": 1}


def test_a_collector_that_was_overtaken_counts_no_segment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    by(world, "town")
    world.plane.append(from_towns("c1", ["Metz"]))
    monkeypatch.setattr(world.collector.clock, "now", lambda: NOW + timedelta(minutes=5))
    with world.store.work() as work:
        late = NOW + timedelta(minutes=9)
        work.lease.take("collect d1", holder="another", now=NOW + timedelta(minutes=5), until=late)
    token = 0
    stretches, _ = world.collector._read(world.deployment, world.collector._offsets(world.deployment))
    with pytest.raises(LeaseLost):
        world.collector._keep(world.deployment, stretches, token)
    assert (sheets_of(world), column_of(world).names) == ({}, ("Lyon", "Nice"))


def test_a_crash_before_the_transaction_names_and_counts_nothing_and_the_next_turn_all(world: World) -> None:
    by(world, "town")
    world.plane.append(from_towns("c1", ["Metz", "Nice", "Metz"]))

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    commit = world.collector._commit
    object.__setattr__(world.collector, "_commit", die)
    with pytest.raises(Killed):
        world.collector.turn(world.deployment)
    assert (sheets_of(world), column_of(world).names) == ({}, ("Lyon", "Nice"))
    object.__setattr__(world.collector, "_commit", commit)
    world.collect()
    assert rows_of(world) == {"Metz": 2, "Nice": 1}


def test_the_fifty_first_name_is_other_whatever_turns_the_rows_came_in(world: World) -> None:
    with_reference(world, ["Nice", "Nice", "Lyon"])
    by(world, "town")
    towns = [f"town {number}" for number in range(MOST)]
    for start in range(0, MOST, 7):
        world.plane.append(from_towns(f"c{start}", towns[start : start + 7]))
        world.collect()
    column = column_of(world)
    assert column.names == ("Nice", "Lyon", *towns[: MOST - 2])
    assert column.of_reference == 2
    assert rows_of(world)["other"] == 2
    assert column.place(towns[-1]) == OTHER


def test_the_reference_is_counted_by_segment_the_most_frequent_first(world: World) -> None:
    with_reference(world)
    by(world, "town")
    world.plane.append(from_towns("c1", ["Lyon"]))
    world.collect()
    column = column_of(world)
    assert (column.names, column.reference) == (("Nice", "Lyon"), COUNTED)
    with world.store.look() as work:
        found = work.segments.reference("d1", 1, FEATURES)
        watch = work.watch.bin_sets("d1")
    assert found is not None
    assert watch is not None
    assert {place: int(counts.sum()) // 2 for place, counts in found.items()} == {0: 60, 1: 30, MISSING: 10}


def test_where_the_reference_is_gone_its_levels_still_name_the_first_segments(world: World) -> None:
    by(world, "town")
    world.plane.append(from_towns("c1", ["Nice"]))
    world.collect()
    assert (column_of(world).names, column_of(world).reference) == (("Lyon", "Nice"), GONE)


def test_a_change_holds_for_what_comes_from_then_on_and_what_was_counted_stays(world: World) -> None:
    by(world, "town")
    world.plane.append(from_towns("c1", ["Nice"]))
    world.clock.move(minutes=1)
    by(world, None)
    now = int(world.clock.now().timestamp() * 1e9)
    world.plane.append(replace(from_towns("c2", ["Nice"]), received=now))
    world.collect()  # both at once: the first came while the town was the segment
    assert rows_of(world) == {"Nice": 1}
    by(world, "town")
    world.plane.append(replace(from_towns("c3", ["Nice"]), received=now))
    world.collect()
    assert rows_of(world) == {"Nice": 2}
    with world.store.look() as work:
        assert [each.column for each in work.segments.said("d1")] == ["town", None, "town"]


def test_rows_of_a_release_that_calls_the_column_otherwise_are_missing(world: World) -> None:
    by(world, "town")
    frame = from_towns("c1", ["Nice", "Metz"])
    world.plane.append(replace(frame, release=2, inputs={"size": [1.0, 2.0], "city": ["Nice", "Metz"]}))
    world.collect()
    assert rows_of(world) == {"missing": 2}


def test_a_column_that_is_kept_from_the_journal_is_the_segment_no_longer_and_its_names_go(world: World) -> None:
    by(world, "town")
    world.plane.append(from_towns("c1", ["Nice", "Metz"]))
    world.collect()
    mask(world, town="hashed")
    assert rows_of(world) == {"hidden 2": 1, "hidden 3": 1}
    world.plane.append(from_towns("c2", ["Nice"], received=int(NOW.timestamp() * 1e9) + 1000))
    with pytest.raises(SegmentRefused, match="kept from the journal"):
        by(world, "town")
    mask(world, town="full")
    by(world, "town")
    world.collect()
    assert (rows_of(world), rows_of(world, 2)) == ({"hidden 2": 1, "hidden 3": 1}, {"Nice": 1})


def test_what_is_hidden_while_its_reference_is_counted_gets_no_names(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_reference(world)
    by(world, "town")
    counted = segment_references._counted

    def hide_and_count(*given: Any) -> Any:
        mask(world, town="hashed")
        return counted(*given)

    monkeypatch.setattr(segment_references, "_counted", hide_and_count)
    world.plane.append(from_towns("c1", ["Nice"]))
    world.collect()
    assert (column_of(world).names, column_of(world).reference) == ((), HIDDEN)


def test_the_name_of_a_segment_goes_with_the_last_of_its_rows_unless_the_reference_has_it(world: World) -> None:
    by(world, "town")
    world.plane.append(from_towns("c1", ["Metz", "Metz", "Metz", "Nice", "Anna"], owes=None))
    world.collect()
    asked(world, ["c1-0", "c1-1", "c1-3", "c1-4"])
    erase(world.deployment, world.collector)
    assert rows_of(world) == {"Metz": 3, "Nice": 1, "erased 4": 1}
    asked(world, ["c1-2"])
    erase(world.deployment, world.collector)
    assert rows_of(world) == {"erased 3": 3, "Nice": 1, "erased 4": 1}


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ("cellar", "no feature 'cellar'. These may be it: town."),
        ("size", "'size' holds numbers of more than 50 values. These may be it: town."),
    ],
)
def test_what_can_t_be_the_segment_is_refused_with_what_can(world: World, column: str, says: str) -> None:
    with pytest.raises(SegmentRefused) as failure:
        by(world, column)
    assert says in failure.value.message
