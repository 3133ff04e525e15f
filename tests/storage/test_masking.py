"""Columns that are hashed or left out: what stands in the journal, and that the counts don't notice."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from tests.storage.worlds import World, call, seal, world_in
from watchkeeper.access.permitting import permit
from watchkeeper.access.role import Right
from watchkeeper.access.user import Identity, User
from watchkeeper.monitoring.collecting.collecting import MasksChanged
from watchkeeper.monitoring.collecting.masking import set_columns
from watchkeeper.monitoring.errors import JournalledUnknown, NoColumn
from watchkeeper.monitoring.keeping.tidying import MERGE_FROM, tidy
from watchkeeper.serving.deployment import Role
from watchkeeper.storage.work import Store

ANN = Identity("ann", user=User(id="u1", name="ann", administrator=True, created=None))  # type: ignore[arg-type]


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def mask(world: World, **columns: str) -> None:
    with world.store.work() as work:
        ann = permit(ANN, Right.MANAGE, project="p1", members=work.members)
        set_columns(world.deployment, columns, permit=ann, work=work, seal=seal, clock=world.clock)


def answered(world: World, name: str, **changed: Any) -> None:
    world.plane.append(replace(call(name, rows=3, owes=None), **changed))
    world.collect()


def column(world: World, name: str) -> list[Any]:
    """By the rows' ids."""
    return list(world.journal(Role.CHAMPION).sort_by("id")[name].to_pylist())


def test_a_hashed_column_has_equal_hashes_of_equal_values_and_is_counted_as_before(world: World) -> None:
    answered(world, "a")
    mask(world, town="hashed")
    answered(world, "b", inputs={"size": [0.0, 1.0, 2.0], "town": ["Lyon", None, "Lyon"]})
    towns = column(world, "input.town")
    assert towns[:3] == ["Lyon"] * 3
    first, missing, again = towns[3:]
    assert (missing, first, len(first)) == (None, again, 64)
    (sheet,) = world.sheets()
    assert (sheet.rows, sheet.counts.sum()) == (6, 18)
    mask(world, town="full")
    answered(world, "c")
    assert column(world, "input.town")[6:] == ["Lyon"] * 3


def test_numbers_that_are_equal_hash_alike_and_another_deployments_key_hashes_otherwise(
    world: World, tmp_path: Path
) -> None:
    mask(world, size="hashed")
    answered(world, "a", inputs={"size": [2, 2.0, -0.0], "town": ["Lyon"] * 3})
    answered(world, "b", inputs={"size": [0.0, 3, None], "town": ["Lyon"] * 3})
    two, also_two, nothing, zero, *_ = column(world, "input.size")
    assert (two, nothing) == (also_two, zero)
    with world.store.look() as work:
        sealed = work.masking.sealed_key("d1")
    assert sealed is not None
    assert two not in {None, sealed}
    assert not any("2.0" in path.read_text("latin-1") for path in tmp_path.glob("journal/**/*.parquet"))


def test_a_column_that_is_left_out_is_in_no_file_and_counted(world: World) -> None:
    mask(world, town="left_out")
    answered(world, "a")
    assert "input.town" not in world.journal(Role.CHAMPION).column_names
    assert world.sheets()[0].counts.sum() == 9
    assert b"Lyon" not in b"".join(path.read_bytes() for path in world.places.journal("d1").glob("*"))


def test_the_examples_of_violations_are_masked_in_the_journal_and_on_the_page_also_the_old_ones(world: World) -> None:
    seen = {"violations": [(0, "town", "new_level", "Metz"), (1, "size", "out_of_range", "99")]}
    answered(world, "a", **seen)
    mask(world, town="hashed")
    with world.store.look() as work:
        cells = work.watch.violations("d1", start="1900-01-01", end="2200-01-01")
    assert {cell.column: cell.example for cell in cells} == {"town": "(hashed)", "size": "99"}
    answered(world, "b", **seen)
    with world.store.look() as work:
        cells = work.watch.violations("d1", start="1900-01-01", end="2200-01-01")
    assert {cell.column: (cell.rows, cell.example) for cell in cells} == {"town": (2, "(hashed)"), "size": (2, "99")}
    assert ["Metz" in str(text) for text in column(world, "violations")] == [True, False, False] + [False] * 3
    assert "99" in str(column(world, "violations")[4])


def test_what_is_being_collected_while_a_column_is_hashed_is_collected_again(world: World) -> None:
    world.plane.append(call("a", rows=2, owes=None))
    commit = type(world.collector)._commit

    def meanwhile(collector: Any, *parts: Any) -> None:
        if not settled:
            settled.append(True)
            mask(world, town="hashed")
        commit(collector, *parts)

    settled: list[bool] = []
    object.__setattr__(world.collector, "_commit", lambda *parts: meanwhile(world.collector, *parts))
    with pytest.raises(MasksChanged):
        world.collector.turn(world.deployment)
    world.collect()
    assert [len(town) for town in column(world, "input.town")] == [64, 64]
    assert world.count() == 2


@pytest.mark.parametrize(
    ("columns", "kind"), [({"colour": "hashed"}, NoColumn), ({"town": "secret"}, JournalledUnknown)]
)
def test_what_can_not_be_set_is_refused_and_nothing_is_set(
    world: World, columns: dict[str, str], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        mask(world, **{"size": "hashed", **columns})
    with world.store.look() as work:
        assert work.masking.settings("d1") == []


def test_nothing_is_journalled_in_full_for_want_of_the_key(world: World) -> None:
    mask(world, town="hashed")

    def lost(sealed: str) -> str:
        raise RuntimeError(sealed)

    object.__setattr__(world.collector, "unseal", lost)
    world.plane.append(call("a"))
    with pytest.raises(RuntimeError):
        world.collector.turn(world.deployment)
    assert list(world.places.journal("d1").glob("*.parquet")) == []


def test_files_from_before_and_after_are_not_merged_into_one_column(world: World) -> None:
    for number in range(MERGE_FROM + 2):
        answered(world, f"a{number:02}")
        if number == 1:
            mask(world, size="hashed")
    tidy(world.deployment, world.collector)
    with world.store.look() as work:
        files = work.journal.files("d1", role=Role.CHAMPION)
    paths = [world.places.journal("d1") / file.name for file in files]
    kinds = sorted(str(pq.read_schema(path).field("input.size").type) for path in paths)
    assert kinds == ["double", "double", "string"]
    assert sum(file.rows for file in files) == 3 * (MERGE_FROM + 2)
