"""Days whose rows follow each other in time: counted for as many independent ones as they are worth."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.fakes.in_time import readings
from tests.storage.test_verdicts import ROWS, ago, calls, collected, issued, words
from tests.storage.worlds import World, world_in
from watchkeeper.monitoring.drift.windows import judged
from watchkeeper.monitoring.policy import Convention, DriftPolicy, PolicySaid
from watchkeeper.monitoring.references.watching import FEATURES
from watchkeeper.monitoring.verdicts.depending import UNREADABLE, UNTIMED
from watchkeeper.monitoring.verdicts.verdicts import said_of
from watchkeeper.storage.sql.experiments import experiments
from watchkeeper.storage.work import Store

DAYS = 200


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def timed(world: World) -> World:
    """The model learned from half a year of hours, whose levels last for days."""
    hours = DAYS * 24
    values = readings(np.random.default_rng(1), DAYS, lasting=0.9) * 2 + 5
    when = pa.array(np.datetime64("2025-01-02", "us") + np.arange(hours) * np.timedelta64(3_600_000_000, "us"))
    table = pa.table({"when": when, "size": values, "town": ["Lyon", "Nice"] * (hours // 2)})
    place = world.places.table("s1")
    place.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, place)
    answers = pa.table({"prediction": values, "at": when.cast(pa.timestamp("us", "UTC"))})
    pq.write_table(answers, world.places.model("m1") / "reference.parquet")
    with world.store.work() as work:
        work.connection.execute(experiments.update().values(time="when"))
    return world


def test_a_day_of_rows_that_are_alike_is_worth_few_of_them(world: World) -> None:
    collected(timed(world), calls(2), calls(1))
    size, town, prediction, _ = issued(world)[ago(2)].records
    assert size["rows"] == ROWS
    assert size["effective_rows"] < ROWS / 20
    assert prediction["effective_rows"] < ROWS / 20
    assert town["effective_rows"] > ROWS / 4  # which comes and goes by the hour
    told = judged(size)
    assert told is not None
    assert "rows that follow each other are worth" in said_of(told, DriftPolicy(), level=None)
    with world.store.look() as work:
        found = work.verdicts.dependence("d1", FEATURES)
        assert found is not None
        assert (found.days, found.why) == ((7, 14), "")
        assert work.verdicts.dependence("d1", "m1") is not None


def test_rows_without_times_are_taken_as_independent_and_that_is_said(world: World) -> None:
    collected(world, calls(2), calls(1))
    assert issued(world)[ago(2)].records["effective_rows"].tolist() == [ROWS, ROWS, ROWS, 0]
    with world.store.look() as work:
        found = work.verdicts.dependence("d1", FEATURES)
    assert found is not None
    assert (found.days, found.why) == ((), UNTIMED)


def test_a_reference_that_is_damaged_keeps_no_day_from_its_verdict(world: World) -> None:
    timed(world).places.table("s1").write_bytes(b"no parquet")
    collected(world, calls(2), calls(1))
    assert words(issued(world)[ago(2)])[0] == "stable"
    with world.store.look() as work:
        found = work.verdicts.dependence("d1", FEATURES)
    assert found is not None
    assert found.why == UNREADABLE


def test_by_convention_the_index_alone_gives_the_verdict(world: World) -> None:
    with world.store.work() as work:
        policy = DriftPolicy(judged_by=Convention.PSI)
        work.policies.say("d1", PolicySaid(1, policy, world.clock.now(), "ann"))
    collected(world, calls(3), calls(2, moved=2.0), calls(1))
    found = issued(world)
    assert [words(found[ago(day)])[0] for day in (3, 2)] == ["stable", "drifted"]
    assert found[ago(2)].records["psi"][0] > 0.25
    assert found[ago(2)].policy == 1
