"""All columns together: rows are kept coded by the day, and told from the reference's; on every database."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from tests.storage.test_erasing import asked
from tests.storage.test_masking import mask
from tests.storage.test_verdicts import ago, calls, collected, issued, words
from tests.storage.worlds import NOW, World, world_in
from watchkeeper.monitoring.apart import ApartDay
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.keeping.erasing import erase
from watchkeeper.monitoring.multivariate.coded_rows import ABSENT, ROWS_A_DAY, DaySample, hashed
from watchkeeper.monitoring.multivariate.halves import ANOTHER_SEASON
from watchkeeper.monitoring.together.telling_apart import tell
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.sql.experiments import experiments
from watchkeeper.storage.work import Store

REFERENCE = 2_000
SIDES = ("Lyon", "Nice")


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    """Town and size have nothing to do with each other in what the model learned from."""
    world, chance = world_in(store, tmp_path), np.random.default_rng(1)
    place = world.places.table("s1")
    place.parent.mkdir(parents=True)
    towns = np.array(SIDES)[chance.integers(0, 2, REFERENCE)]
    pq.write_table(pa.table({"size": chance.uniform(0, 10, REFERENCE), "town": towns}), place)
    return world


def rows(days_ago: int, *, name: str = "", together: bool = False, count: int = 300) -> Frame:
    """As the reference, or with all the small ones in Lyon; either column by itself is as ever."""
    frame, chance = calls(days_ago, name=name, rows=count), np.random.default_rng(100 + days_ago)
    sizes = chance.permutation(np.linspace(0, 10, count))
    towns = (
        [SIDES[int(each > 5)] for each in sizes] if together else list(chance.permutation(list(SIDES) * (count // 2)))
    )
    return replace(frame, inputs={"size": [float(each) for each in sizes], "town": [str(each) for each in towns]})


def told(world: World) -> dict[str, ApartDay]:
    world.clock.move(minutes=5)  # so that the last day is over
    while tell(world.deployment, world.collector):
        pass
    with world.store.look() as work:
        return {each.day: each for each in work.samples.told("d1", start=ago(99), end=ago(0))}


def kept(world: World) -> dict[str, DaySample]:
    with world.store.look() as work:
        return {each.day: each for each in work.samples.between("d1", start=ago(99), end=ago(0))}


def test_columns_that_go_together_otherwise_are_told_apart_though_none_has_moved(world: World) -> None:
    collected(world, *(rows(day, together=day < 8) for day in range(14, 0, -1)))
    found = told(world)
    before, after = found[ago(8)], found[ago(1)]
    assert {each for day in issued(world).values() for each in words(day)} == {"stable", None}
    assert (before.verdict, after.verdict) == (Verdict.STABLE, Verdict.DRIFTED)
    assert before.high is not None
    assert after.low is not None
    assert before.high < 0.56 < after.low
    assert {name for name, _ in after.columns} == {"size", "town"}
    assert after.first == ago(7)
    assert after.rows == 7 * ROWS_A_DAY
    assert after.sentence.startswith("Rows of these days can be told from the reference's with AUC 0.")


def test_a_day_that_is_not_over_is_not_looked_at_and_none_twice(world: World) -> None:
    collected(world, rows(2), replace(rows(0), received=int(NOW.timestamp() * 1e9)))
    assert [*told(world)] == [ago(2)]
    assert tell(world.deployment, world.collector) == 0
    collected(world, rows(2, name="few", count=10))
    assert tell(world.deployment, world.collector) == 0
    collected(world, rows(2, name="many", count=100))
    assert tell(world.deployment, world.collector) == 1


def test_a_row_is_kept_once_however_often_it_comes_and_by_whichever_turn(world: World) -> None:
    collected(world, rows(1), rows(1, name="more"))
    at_once = kept(world)[ago(1)]
    ids = [f"{name}-1-{row}" for name in ("day", "more") for row in range(300)]
    with world.store.work() as work:
        key = work.samples.key("d1")
    expected = sorted(hashed(each, key) for each in ids)[:ROWS_A_DAY]
    assert at_once.rows.hashes.tolist() == expected
    assert at_once.seen == 600


def test_a_row_with_the_caller_s_own_id_that_comes_again_counts_once(world: World) -> None:
    own = replace(rows(1, count=100), ids=[f"own-{row}" for row in range(100)], own_ids=[True] * 100)
    collected(world, own)
    collected(world, replace(own, call="again"))
    assert (kept(world)[ago(1)].seen, len(kept(world)[ago(1)].rows)) == (100, 100)


def test_an_erased_row_leaves_the_sample(world: World) -> None:
    collected(world, rows(1, count=100))
    world.clock.move(minutes=1)
    asked(world, ["day-1-7"])
    erase(world.deployment, world.collector)
    with world.store.work() as work:
        gone = hashed("day-1-7", work.samples.key("d1"))
    left = kept(world)[ago(1)].rows.hashes.tolist()
    assert (len(left), gone in left) == (99, False)


def test_a_column_that_is_masked_is_in_no_sample_from_then_on_nor_in_those_before(world: World) -> None:
    collected(world, rows(2, count=100))
    mask(world, town="hashed")
    collected(world, rows(1, count=100))
    codes = [each.rows.codes for each in kept(world).values()]
    assert all((each[:, 1] == ABSENT).all() and (each[:, 0] != ABSENT).all() for each in codes)
    assert told(world)[ago(1)].verdict is Verdict.STABLE


def in_seasons(world: World, *, days: int) -> None:
    """The reference has an hour for each row, from the first of January on."""
    hours, chance = days * 24, np.random.default_rng(2)
    when = np.datetime64("2025-01-01", "us") + np.arange(hours) * np.timedelta64(3_600_000_000, "us")
    towns = np.array(SIDES)[chance.integers(0, 2, hours)]
    pq.write_table(
        pa.table({"when": when, "size": chance.uniform(0, 10, hours), "town": towns}), world.places.table("s1")
    )
    with world.store.work() as work:
        work.connection.execute(experiments.update().values(time="when"))


def test_rows_of_a_season_that_the_reference_lacks_are_not_judged(world: World) -> None:
    in_seasons(world, days=20)
    collected(world, *(rows(day) for day in range(20, 0, -1)))
    found = told(world)[ago(1)]
    assert (found.verdict, found.auc) == (Verdict.NOT_ENOUGH_DATA, None)
    assert found.sentence == f"Not judged: {ANOTHER_SEASON}."


def test_a_reference_that_is_gone_is_said(world: World) -> None:
    world.places.table("s1").unlink()
    collected(world, rows(1))
    assert told(world)[ago(1)].sentence == "Not judged: the reference's rows are gone."
