"""Labels are counted by the day of their row and held against the truth of the reference; on every database."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.storage.test_erasing import asked
from tests.storage.test_letting_go import care, kept
from tests.storage.test_scoring import label
from tests.storage.test_verdicts import ago, calls, collected
from tests.storage.worlds import SIZES, World, world_in
from watchkeeper.monitoring.answers.label_drift import LabelDrift, champions_rows, label_drift
from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.keeping.erasing import erase
from watchkeeper.storage.work import Store

ROWS = 200


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    """What the models were not fitted on lies evenly between 0 and 10."""
    world = world_in(store, tmp_path)
    pq.write_table(pa.table({"prediction": SIZES, "truth": SIZES}), world.places.model("m1") / "reference.parquet")
    return world


def came(world: World, days_ago: int, *, moved: float = 0.0, part: float = 1.0) -> None:
    """The labels of a day's rows, as the reference's are or moved."""
    truth = np.random.default_rng(days_ago).permutation(np.linspace(0, 10, ROWS)) + moved
    label(world, {f"day-{days_ago}-{row}": float(truth[row]) for row in range(round(ROWS * part))})


def drifted(world: World) -> LabelDrift | None:
    while score(world.deployment, world.collector):
        pass
    with world.store.look() as work:
        rows = champions_rows(work.watch.rows("d1", start=ago(60), end=ago(0)))
        return label_drift(world.deployment, start=ago(60), end=ago(0), rows=rows, work=work)


def test_labels_that_moved_are_called_drifted_on_the_day_of_their_rows(world: World) -> None:
    collected(world, *(calls(day, rows=ROWS) for day in (3, 2, 1)))
    came(world, 3)
    came(world, 2, moved=4.0)
    found = drifted(world)
    assert found is not None
    assert [(each.day, each.verdict) for each in found.days] == [(ago(3), Verdict.STABLE), (ago(2), Verdict.DRIFTED)]
    assert (found.period.rows, found.period.labelled) == (3 * ROWS, 2 * ROWS)
    assert found.period.verdict is Verdict.DRIFTED


def test_until_half_of_the_rows_have_a_label_nothing_is_said_and_then_it_is_judged_anew(world: World) -> None:
    collected(world, calls(1, rows=ROWS))
    came(world, 1, moved=4.0, part=0.4)
    few = drifted(world)
    assert few is not None
    assert few.period.verdict is Verdict.NOT_ENOUGH_DATA
    assert few.period.sentence == "Labels have come for 80 of 200 rows: half of them are needed to say."
    came(world, 1, moved=4.0)
    all_of_them = drifted(world)
    assert all_of_them is not None
    assert all_of_them.days[0].verdict is Verdict.DRIFTED


def test_what_has_come_for_a_day_four_weeks_back_is_what_there_is(world: World) -> None:
    collected(world, calls(40, rows=ROWS), calls(1, rows=ROWS))
    came(world, 40, moved=4.0, part=0.4)
    found = drifted(world)
    assert found is not None
    assert found.days[0].verdict is Verdict.DRIFTED


def test_a_label_that_is_erased_with_its_row_is_counted_no_more(world: World) -> None:
    collected(world, calls(1, rows=ROWS))
    came(world, 1)
    drifted(world)
    world.clock.move(minutes=1)
    asked(world, ["day-1-7"])
    erase(world.deployment, world.collector)
    found = drifted(world)
    assert found is not None
    assert found.period.labelled == ROWS - 1


def test_rows_that_go_leave_their_labels_counted(world: World) -> None:
    collected(world, calls(1, rows=ROWS))
    came(world, 1)
    before = drifted(world)
    world.clock.move(days=30)
    kept(world, days=1)
    care(world)
    label(world, {"day-1-3": 4.0})
    after = drifted(world)
    assert before is not None
    assert after is not None
    assert after.period.labelled == before.period.labelled == ROWS


def test_without_the_truth_of_a_reference_nothing_is_said(store: Store, tmp_path: Path) -> None:
    world = world_in(store, tmp_path)
    collected(world, calls(1, rows=ROWS))
    came(world, 1)
    assert drifted(world) is None
