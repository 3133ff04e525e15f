"""Rows that are erased are gone from the results of batches too."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.fakes.batches import BATCH
from tests.storage.test_erasing import asked, done
from tests.storage.worlds import World, world_in
from watchkeeper.batches.batch import State
from watchkeeper.batches.chunks import chunk_file
from watchkeeper.batches.keeping import keep_table
from watchkeeper.batches.naming import ids_of
from watchkeeper.batches.results import csv_pieces, parquet_pieces, results_of
from watchkeeper.learning.arrays import Ints
from watchkeeper.monitoring.keeping import erasing
from watchkeeper.monitoring.keeping.erasing import erase
from watchkeeper.storage.work import Store

FAULT = {"column": "size", "violation": "out-of-range", "rows": 2, "row": 3, "example": "99"}
OTHER = {**FAULT, "row": 4, "example": "98"}


def numbers(first: int, count: int) -> Ints:
    return pa.array(range(first, first + count)).to_numpy()


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    """A batch over a table of thirty rows, three chunks of ten, that no journal has."""
    found = world_in(store, tmp_path)
    found.places.table("s1").parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"size": list(range(30))}), found.places.table("s1"))
    for chunk in range(3):
        ids = ids_of("b1", numbers(chunk * 10, 10))
        answers = pa.table({"prediction_id": ids, "prediction": [float(each) for each in range(10)]})
        keep_table(
            answers.append_column("violations", pa.nulls(10, pa.string())), chunk_file(found.places.batch("b1"), chunk)
        )
    batch = replace(BATCH, journal=False, state=State.DONE, chunks=3, answered=30, violations=[FAULT, OTHER])
    with store.work() as work:
        work.batches.add(batch)
    return found


def rows_left(world: World, *, inputs: bool) -> pa.Table:
    with world.store.look() as work:
        batch = work.batches.get("b1")
    assert batch is not None
    return pa.concat_tables(results_of(batch, inputs=inputs, places=world.places))


def test_rows_are_gone_from_the_answers_and_from_the_inputs_beside_them(world: World) -> None:
    erasure = asked(world, ["b1-3", "b1-25", "elsewhere-3", "b1-77", "b1-x"])
    assert erase(world.deployment, world.collector) == 1
    left = [row for row in range(30) if row not in {3, 25}]
    assert rows_left(world, inputs=False)["prediction_id"].to_pylist() == [f"b1-{row}" for row in left]
    beside = rows_left(world, inputs=True)
    assert beside["size"].to_pylist() == left
    assert beside["prediction"].to_pylist() == [float(row % 10) for row in left]
    assert done(world, erasure).rows == 2


def test_the_value_that_such_a_row_gave_as_an_example_is_gone_and_its_count_stays(world: World) -> None:
    asked(world, ["b1-3"])
    erase(world.deployment, world.collector)
    with world.store.look() as work:
        batch = work.batches.get("b1")
    assert batch is not None
    assert list(batch.violations) == [{**FAULT, "example": ""}, OTHER]


def test_a_chunk_of_which_every_row_is_gone_still_reads(world: World) -> None:
    asked(world, [f"b1-{row}" for row in range(10, 20)])
    erase(world.deployment, world.collector)
    assert rows_left(world, inputs=True)["size"].to_pylist() == [*range(10), *range(20, 30)]
    with world.store.look() as work:
        batch = work.batches.get("b1")
    assert batch is not None
    assert len(b"".join(csv_pieces(results_of(batch, inputs=True, places=world.places))).splitlines()) == 21
    whole = b"".join(parquet_pieces(results_of(batch, inputs=True, places=world.places)))
    assert pq.read_table(pa.BufferReader(whole)).num_rows == 20


def test_killed_before_it_is_recorded_it_is_done_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    erasure = asked(world, ["b1-3"])

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "_rewrite", killed)
        with pytest.raises(Killed):
            erase(world.deployment, world.collector)
    assert erase(world.deployment, world.collector) == 1
    assert "b1-3" not in rows_left(world, inputs=False)["prediction_id"].to_pylist()
    assert done(world, erasure).state == "done"


def test_another_deployments_batch_keeps_its_rows(world: World) -> None:
    with world.store.work() as work:
        work.batches.remove("b1")
        other = replace(world.deployment, id="d2", name="other", slug="other", address="p.other")
        work.deployments.add(other, replace(work.deployments.current("d1"), deployment="d2"))
        work.batches.add(replace(BATCH, id="b1", deployment="d2", state=State.DONE, chunks=3))
    asked(world, ["b1-3"])
    erase(world.deployment, world.collector)
    assert rows_left(world, inputs=False).num_rows == 30
