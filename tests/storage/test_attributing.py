"""Drifted features swapped back to the reference's: what the champion answers then, on every database."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.fakes.linear import A_SIZE, IN_NICE, answered_day, linear_model
from tests.storage.test_masking import mask
from tests.storage.test_verdicts import TODAY, ago, collected
from tests.storage.worlds import NOW, World, world_in
from watchkeeper.experiments.experiment import Experiment
from watchkeeper.monitoring.behind.attributing import MOST, MOST_ANSWERS, ORDERS, Swapped, rows_for, swap, to_swap
from watchkeeper.monitoring.causes.errors import NothingToSwap
from watchkeeper.monitoring.errors import ModelGone, ReferenceGone
from watchkeeper.monitoring.journal import drawing
from watchkeeper.monitoring.journal.drawing import drawn
from watchkeeper.monitoring.soundness.faulting import answered_rows
from watchkeeper.storage.work import Store

BOTH = ("size", "town")
MOVED = 2.5
"""The mean of sizes from 5 to 10, less that of sizes from 0 to 10."""


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    world = world_in(store, tmp_path)
    linear_model(store, world.places, tmp_path / "scratch")
    return world


def swapped(world: World, columns: Sequence[str] = BOTH, *, days: int = 7, season: bool = False) -> Swapped:
    span = {"start": ago(days), "end": ago(1)}
    with world.store.look() as work:
        asked = to_swap(world.deployment, columns, season=season, **span, work=work, places=world.places)
    return swap(asked)


def learned_with_times(world: World, column: str) -> None:
    with world.store.work() as work:
        version = work.experiments.version("v1")
        assert version is not None
        work.experiments.add(Experiment("e2", "p1", "when", "y", column, "UTC", None, (), NOW, "u1"))
        work.experiments.replace_version(replace(version, experiment="e2"))


def test_each_feature_takes_what_its_weight_and_its_move_make(world: World) -> None:
    collected(world, *(answered_day(day, low=5.0, nice=0.9) for day in range(4, 0, -1)))
    found = swapped(world)
    of_size, of_town = A_SIZE * MOVED, IN_NICE * 0.4
    size, town = found.columns["size"], found.columns["town"]
    assert abs(size.alone - of_size) < 3 * size.error < 15
    assert abs(town.alone - of_town) < 3 * town.error < 2
    assert found.whole.moved == pytest.approx(size.part + town.part + found.rest)
    assert abs(found.whole.moved - of_size - of_town) < 3 * found.whole.error
    assert found.rest == pytest.approx(0.0, abs=1e-6)
    assert (found.champion, found.rows, found.left_aside) == ("m1", 1_600, ())


def test_what_has_not_drifted_is_the_rest(world: World) -> None:
    collected(world, *(answered_day(day, low=5.0, nice=1.0) for day in range(4, 0, -1)))
    found = swapped(world, ["size"])
    assert set(found.columns) == {"size"}
    assert abs(found.rest - IN_NICE * 0.5) < 2
    assert found.whole.moved == pytest.approx(found.columns["size"].part + found.rest)


def test_days_like_the_reference_have_not_moved_the_prediction(world: World) -> None:
    collected(world, *(answered_day(day) for day in range(4, 0, -1)))
    found = swapped(world)
    assert abs(found.whole.moved) < 3 * found.whole.error
    assert abs(found.columns["size"].alone) < 3 * found.columns["size"].error


def test_an_input_that_is_not_journalled_in_full_is_left_aside(world: World) -> None:
    mask(world, town="left_out")
    collected(world, answered_day(1, low=5.0, nice=1.0))
    found = swapped(world)
    assert (set(found.columns), found.left_aside) == ({"size"}, ("town",))
    assert found.rest == pytest.approx(0.0, abs=2.0)
    with pytest.raises(NothingToSwap, match="not journalled"):
        swapped(world, ["town"])


def test_an_input_that_the_reference_lacks_is_left_aside(world: World) -> None:
    pq.write_table(pq.read_table(world.places.table("s1")).drop_columns(["town"]), world.places.table("s1"))
    collected(world, answered_day(1, low=5.0, nice=1.0))
    found = swapped(world)
    assert (set(found.columns), found.left_aside) == ({"size"}, ("town",))
    assert found.rest == pytest.approx(0.0, abs=1e-6)


def test_what_the_champion_does_not_take_moves_nothing(world: World) -> None:
    collected(world, answered_day(1, low=5.0))
    assert swapped(world, ["size", "an input of old"]).columns["an input of old"].alone == 0.0


def test_the_reference_is_of_the_same_season_where_that_is_what_is_held_against(world: World) -> None:
    """Sizes of its February are 5 to 10 too, and its Julys' make up for it."""
    collected(world, *(answered_day(day, low=5.0) for day in range(4, 0, -1)))
    whole = swapped(world, ["size"])
    sizes = np.concatenate([np.linspace(low, low + 5, 600) for low in (5.0, 0.0)])
    months = np.repeat(np.array(["2025-02-26T11:30", "2025-07-02T11:30"], dtype="datetime64[us]"), 600)
    at = pa.array(months).cast(pa.timestamp("us", "UTC"))
    pq.write_table(pa.table({"size": sizes, "town": ["Lyon", "Nice"] * 600, "when": at}), world.places.table("s1"))
    learned_with_times(world, "when")
    found = swapped(world, ["size"], season=True)
    assert whole.columns["size"].alone > 60
    assert abs(found.columns["size"].alone) < 3 * found.columns["size"].error


def test_without_rows_nothing_is_asked(world: World) -> None:
    collected(world, answered_day(20, low=5.0))
    with pytest.raises(NothingToSwap, match="Of these days no rows are kept"):
        swapped(world)
    collected(world, answered_day(1, low=5.0, rows=6))
    with pytest.raises(NothingToSwap, match="Of these days 6 rows are kept; at least 20"):
        swapped(world)


def test_what_is_gone_is_named(world: World) -> None:
    collected(world, answered_day(1, low=5.0))
    with pytest.raises(NothingToSwap, match="No feature has drifted"):
        swapped(world, [])
    kept = world.places.table("s1").read_bytes()
    world.places.table("s1").unlink()
    with pytest.raises(ReferenceGone, match="no values to swap in"):
        swapped(world)
    world.places.table("s1").write_bytes(kept)
    (world.places.model("m1") / "card.json").unlink()
    with pytest.raises(ModelGone, match="champion 'm1' are gone"):
        swapped(world)


def test_the_more_columns_the_fewer_rows(world: World) -> None:
    assert [rows_for(columns) for columns in (1, 5, 50, 200)] == [2_000, 2_000, 766, 200]
    for columns in range(1, 200):
        calls = (2 * ORDERS + 1) * (columns + 1) + 2 * ORDERS + 2
        assert rows_for(columns) * calls <= max(MOST_ANSWERS, 200 * calls)
    collected(world, *(answered_day(day, rows=1_000) for day in range(7, 0, -1)))
    assert swapped(world, ["size"]).rows == MOST


def test_of_a_long_period_stretches_are_read_and_the_error_is_by_these(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(8, 0, -1):
        collected(world, answered_day(day, low=9.0 if day % 2 else 1.0))
    close = swapped(world, ["size"], days=8)
    monkeypatch.setattr(drawing, "MOST_STRETCHES", 4)
    found = swapped(world, ["size"], days=8)
    assert found.rows == 4 * 400
    assert abs(found.columns["size"].alone - close.columns["size"].alone) < 3 * found.columns["size"].error
    assert found.columns["size"].error > 5 * close.columns["size"].error


def test_every_row_is_as_likely_whatever_its_file(world: World) -> None:
    for day, rows in ((3, 900), (2, 60), (1, 240)):
        collected(world, answered_day(day, rows=rows))
    for most in (4, 100):
        days = [day for seed in range(200) for day in drawn_days(world, most, seed=seed, stretches=most)]
        shares = np.bincount(days, minlength=4)[[3, 2, 1]] / len(days)
        assert shares == pytest.approx(np.array([900, 60, 240]) / 1_200, abs=0.06)
    assert len(drawn_days(world, 5_000, seed=1, stretches=48)) == 1_200


def drawn_days(world: World, most: int, *, seed: int, stretches: int) -> list[int]:
    """How many days ago each row is."""
    with world.store.look() as work, pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "MOST_STRETCHES", 2 if stretches < 48 else stretches)
        of = answered_rows(world.deployment, start=ago(7), end=ago(1), work=work, places=world.places)
        rows = drawn(of, ["input.size"], most=most, chance=np.random.default_rng(seed)).rows
    assert rows.column_names == ["at", "input.size"]
    moments: list[Any] = rows["at"].to_pylist()
    return [(TODAY - moment.date()).days for moment in moments]
