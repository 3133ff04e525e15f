"""Days and longer windows held against the same season of the reference, and what they are known from; on every
database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from tests.fakes.in_season import year_of
from tests.storage.test_verdicts import collected, issued, words
from tests.storage.worlds import World, call, world_in
from watchkeeper.monitoring.drift.windows import LACKING, SEASON, judged
from watchkeeper.monitoring.errors import NoSeason
from watchkeeper.monitoring.policy import DriftPolicy
from watchkeeper.monitoring.ports import DayVerdicts
from watchkeeper.monitoring.references.drifting import view
from watchkeeper.monitoring.references.watching import FEATURES, watched
from watchkeeper.monitoring.verdicts.almanacs import TOO_SHORT, known_almanacs
from watchkeeper.monitoring.verdicts.depending import UNTIMED
from watchkeeper.monitoring.verdicts.verdicts import Baseline, Verdicts, known, said_of, verdicts
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.sql.experiments import experiments
from watchkeeper.storage.work import Store

HOUR = np.timedelta64(3_600_000_000, "us")
CHANGE = "2025-10-26"
"""On which the clocks of Paris are set back: it has twenty-five hours."""
BEFORE_IT = datetime(2025, 10, 19, 22, tzinfo=UTC)
DAYS = 8


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def sizes(chance: np.random.Generator, when: Any) -> Any:
    """A season of the year, in which days differ a little."""
    days = when.astype("datetime64[D]").astype(np.int64)
    of_day = 0.3 * np.random.default_rng(days[0]).normal(size=days[-1] - days[0] + 1)
    return 5 + 4 * np.cos(year_of(when)) + of_day[days - days[0]] + 0.3 * chance.normal(size=when.size)


def learned(world: World, *, begins: str = "2024-01-01", days: int = 366) -> World:
    when = np.datetime64(begins, "us") + np.arange(days * 24) * HOUR
    values = sizes(np.random.default_rng(1), when)
    towns = np.random.default_rng(2).choice(["Lyon", "Nice"], when.size)
    place = world.places.table("s1")
    place.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"when": when, "size": values, "town": towns.tolist()}), place)
    at = pa.array(when, pa.timestamp("us", "UTC"))
    pq.write_table(pa.table({"prediction": values, "at": at}), world.places.model("m1") / "reference.parquet")
    with world.store.work() as work:
        work.connection.execute(experiments.update().values(time="when"))
    return world


def hours(*, moved: float = 0.0, days: int = DAYS, begins: datetime = BEFORE_IT) -> Frame:
    """A row an hour, around the change of the clocks."""
    count = days * 24 + 1
    when = np.datetime64(begins.replace(tzinfo=None), "us") + np.arange(count) * HOUR
    values = (sizes(np.random.default_rng(3), when) + moved).tolist()
    towns = np.random.default_rng(4).choice(["Lyon", "Nice"], count).tolist()
    frame = call("hours", rows=count, owes=None)
    at = [int((begins + timedelta(hours=hour)).timestamp() * 1e6) for hour in range(count)]
    return replace(frame, at=at, inputs={"size": values, "town": towns}, outputs=values)


def longer(world: World) -> dict[tuple[str, int], DayVerdicts]:
    with world.store.look() as work:
        found = work.verdicts.trailing("d1", start="2025-01-01", end="2026-01-01")
    return {(each.day, each.days): each for each in found}


def period(world: World, baseline: Baseline | None = None) -> Verdicts:
    start, end = "2025-10-20", CHANGE
    with world.store.work() as work:
        seen = view(world.deployment, start=start, end=end, work=work, places=world.places)
        of = known(world.deployment, seen, start=start, end=end, work=work, places=world.places, baseline=baseline)
    return verdicts(seen, of, days=7)


def test_days_and_weeks_are_held_against_the_same_season_and_are_no_drift_there(world: World) -> None:
    collected(learned(world), hours())
    found = issued(world)
    assert {*found[CHANGE].records["marks"][[0, 1, 2]] & SEASON} == {SEASON}
    assert "drifted" not in words(found[CHANGE])
    week = longer(world)[CHANGE, 7]
    assert "drifted" not in words(week)
    assert (week.counted, week.revision) == (7 * 24 + 1, 1)
    assert 1 < week.records["effective_rows"][0] < week.records["rows"][0] / 2


def test_a_shift_that_lasts_is_found_by_the_week_it_is_in(world: World) -> None:
    collected(learned(world), hours(moved=3.0))
    assert words(issued(world)[CHANGE])[1] != "drifted"
    assert words(longer(world)[CHANGE, 7])[:3:2] == ["drifted", "drifted"]


def test_a_day_on_which_clocks_change_is_known_by_its_own_blocks_of_hours(world: World) -> None:
    collected(learned(world), hours())
    issued(world)
    with world.store.look() as work:
        blocks = work.hours.blocks("d1", start="2025-10-25", end=CHANGE)
    (usual,), (changed,) = blocks["2025-10-25"], blocks[CHANGE]
    assert usual.rows.tolist() == [3] * 8
    assert changed.rows.tolist() == [4, *[3] * 7]
    assert changed.missing.sum() == 0


def test_a_period_is_held_against_the_season_unless_the_whole_is_asked_for(world: World) -> None:
    collected(learned(world), hours())
    issued(world)
    season, whole = period(world), period(world, Baseline.WHOLE)
    assert (season.baseline, whole.baseline) == (Baseline.SEASON, Baseline.WHOLE)
    assert "same season" in season.independence
    assert "season is not taken out" in whole.independence
    assert season.columns[0].found.season
    assert not whole.columns[0].found.season


def test_a_season_that_the_reference_does_not_hold_is_said(world: World) -> None:
    """A year's worth of weeks, of which those of October have no rows."""
    learned(world)
    table = pq.read_table(world.places.table("s1"))
    months = table["when"].to_numpy().astype("datetime64[M]").astype(int) % 12
    pq.write_table(table.filter(pa.array(months != 9)), world.places.table("s1"))
    collected(world, hours())
    record = issued(world)[CHANGE].records[0]
    assert record["marks"] & LACKING
    found = judged(record)
    assert found is not None
    assert (found.verdict.value, found.rows) == ("not enough data", 25)
    assert said_of(found, DriftPolicy(), level=None).startswith("Season not in the reference")


@pytest.mark.parametrize(("days", "why"), [(200, TOO_SHORT), (0, UNTIMED)])
def test_without_a_year_of_times_days_are_held_against_the_whole(world: World, days: int, why: str) -> None:
    if days:
        learned(world, days=days)
    collected(world, hours())
    marks = issued(world)[CHANGE].records["marks"]
    lacking = marks == marks | SEASON | LACKING
    assert not (marks[~lacking] & SEASON).any()
    assert lacking.tolist() == [days > 0, False, days > 0, False]  # towns have no season, sizes move within half a year
    with world.store.look() as work:
        assert work.almanacs.head("d1", FEATURES) == (why, "")
    with pytest.raises(NoSeason, match=why):
        period(world, Baseline.SEASON)


def test_an_almanac_is_kept_as_it_was_found(world: World) -> None:
    collected(learned(world), hours())
    issued(world)
    with world.store.work() as work:
        watch = watched(world.deployment, work=work, places=world.places)
        found = known_almanacs(world.deployment, ["m1"], watch=watch, work=work)
    assert {*found} == {FEATURES, "m1"}
    assert found[FEATURES].rows.sum() == 366 * 24
    again = type(found["m1"]).unpacked(found["m1"].packed(), found["m1"].bin_sets)
    assert again.packed() == found["m1"].packed()


def held_out(world: World, *, begins: str, days: int) -> World:
    """The model answered these days of the past alone when it was checked."""
    when = np.datetime64(begins, "us") + np.arange(days * 24) * HOUR
    answers = {"prediction": sizes(np.random.default_rng(5), when), "at": pa.array(when, pa.timestamp("us", "UTC"))}
    pq.write_table(pa.table(answers), world.places.model("m1") / "reference.parquet")
    return world


def told_of_prediction(world: World) -> tuple[str | None, str]:
    """The last week's verdict on it, and the words of the whole period's."""
    issued(world)
    of_week, of_period = longer(world)[CHANGE, 7], period(world).columns
    (words_of_it,) = [each.sentence for each in of_period if each.column.of == "prediction"]
    return words(of_week)[2], words_of_it


def test_a_prediction_whose_model_was_checked_in_another_season_is_not_judged(world: World) -> None:
    collected(held_out(learned(world), begins="2025-08-11", days=10), hours())
    verdict, said = told_of_prediction(world)
    assert verdict == "not enough data"
    assert said.startswith("Season not in the reference")


def test_a_prediction_whose_model_was_checked_for_days_is_judged_by_how_alike_these_are(world: World) -> None:
    collected(held_out(learned(world), begins="2025-10-01", days=10), hours())
    verdict, said = told_of_prediction(world)
    assert verdict == "not enough data"
    assert "rows that follow each other are worth" in said


def test_nothing_is_said_of_a_prediction_whose_model_was_checked_for_a_day(world: World) -> None:
    collected(held_out(learned(world), begins="2025-10-01", days=1), hours(moved=3.0))
    verdict, said = told_of_prediction(world)
    assert verdict == "not enough data"
    assert said == "The reference covers too little time to tell how alike rows are that follow each other."
