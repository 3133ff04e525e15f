"""What holds for the simulated history, whatever the seed, and for what goes wrong in it."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import lightgbm
import numpy as np
import pytest

from watchkeeper.demo.chance import Numbers
from watchkeeper.demo.demand import demand
from watchkeeper.demo.half_hours import HalfHours, Truths
from watchkeeper.demo.history import ZONE, Day
from watchkeeper.demo.incidents import HEAT_WAVE, INCIDENTS, NEW_SEGMENT, RENAMED_COLUMN, STUCK_SENSOR, Incident
from watchkeeper.demo.simulated import SEED, World, simulated_history, simulated_world
from watchkeeper.demo.weather import weather

EVERYTHING = tuple(INCIDENTS.values())
OTHER_SEED = 8
every_seed = pytest.mark.parametrize("seed", [SEED, OTHER_SEED])


@cache
def told(seed: int = SEED, without: tuple[str, ...] = ()) -> tuple[str, list[Day]]:
    """The past as text, and the days."""
    with TemporaryDirectory() as into:
        history = simulated_history(into=Path(into), seed=seed, without=without)
        return history.past.read_text(encoding="utf-8"), list(history.days)


@cache
def world(seed: int, *, incidents: tuple[Incident, ...] = ()) -> World:
    return simulated_world(seed=seed, told=incidents)


def within(incident: Incident) -> list[Day]:
    return [day for day in told()[1] if incident.first <= day.day <= incident.last]


def moments() -> Iterator[datetime]:
    past, days = told()
    for row in csv.DictReader(past.splitlines()):
        yield datetime.fromisoformat(row["timestamp_utc"])
    for day in days:
        yield from (datetime.fromisoformat(row["timestamp_utc"]) for row in day.rows)


def learned(times: HalfHours) -> Truths:
    found: Truths = times.year == times.year[0]
    return found


def correlation(values: Numbers, *, hours: int) -> float:
    return float(np.corrcoef(values[: -2 * hours], values[2 * hours :])[0, 1])


def test_two_whole_local_years_are_replayed_day_by_day() -> None:
    first = date(2022, 1, 1)
    assert [day.day for day in told()[1]] == [first + timedelta(days=n) for n in range(730)]


def test_a_day_has_48_half_hours_but_when_the_clocks_are_changed() -> None:
    assert {day.day: len(day.rows) for day in told()[1] if len(day.rows) != 48} == {
        date(2022, 4, 3): 50,
        date(2022, 10, 2): 46,
        date(2023, 4, 2): 50,
        date(2023, 10, 1): 46,
    }
    assert all(len(day.rows) == len(day.truth) for day in told()[1])


def test_a_row_lies_in_its_local_day() -> None:
    place = ZoneInfo(ZONE)
    for day in told()[1]:
        local = {datetime.fromisoformat(row["timestamp_utc"]).astimezone(place).date() for row in day.rows}
        assert local == {day.day}


def test_from_the_first_learned_to_the_last_replayed_each_half_hour_is_there_once() -> None:
    found = list(moments())
    assert found[0] == datetime(2020, 12, 31, 13, tzinfo=UTC)
    assert found[-1] == datetime(2023, 12, 31, 12, 30, tzinfo=UTC)
    assert {after - before for before, after in pairwise(found)} == {timedelta(minutes=30)}


def test_what_is_learned_and_what_is_sent_have_the_same_columns_but_the_target() -> None:
    past, days = told()
    assert past.splitlines()[0] == "timestamp_utc,Temperature,Holiday,LargeLoad,Demand"
    row = days[0].rows[0]
    assert list(row) == ["timestamp_utc", "Temperature", "Holiday", "LargeLoad"]
    assert [type(value) for value in row.values()] == [str, float, bool, str]
    assert row["timestamp_utc"] == "2021-12-31T13:00:00Z"
    assert row["Holiday"]


def test_the_same_seed_tells_the_same() -> None:
    first = told()
    told.cache_clear()
    assert told() == first


def test_another_seed_tells_of_other_weather_on_the_same_days() -> None:
    (past, days), (other_past, other_days) = told(), told(OTHER_SEED)
    assert past != other_past
    assert [day.day for day in days] == [day.day for day in other_days]
    assert all(day.truth != other.truth for day, other in zip(days, other_days, strict=True))


@pytest.mark.parametrize("incident", EVERYTHING, ids=INCIDENTS)
def test_without_an_incident_only_its_own_days_are_different(incident: Incident) -> None:
    (past, days), (other_past, other_days) = told(), told(without=(incident.name,))
    assert past == other_past
    different = {day.day for day, other in zip(days, other_days, strict=True) if day != other}
    its_own = {day.day for day in within(incident)}
    if incident == NEW_SEGMENT:  # it runs in some of the shifts only
        assert different < its_own
        assert len(different) > len(its_own) / 2
    else:
        assert different == its_own


def test_incidents_lie_in_the_replayed_years_one_after_the_other() -> None:
    days = [day for each in EVERYTHING for day in (each.first, each.last)]
    assert days == sorted(days)
    assert date(2022, 1, 1) < days[0]
    assert days[-1] <= date(2023, 12, 31)
    assert [(each.last - each.first).days + 1 for each in (STUCK_SENSOR, RENAMED_COLUMN, HEAT_WAVE)] == [12, 5, 10]


@every_seed
def test_the_heat_wave_is_hotter_than_any_ten_days_before_and_asks_for_more_than_was_learned(seed: int) -> None:
    hot = world(seed, incidents=(HEAT_WAVE,))
    during = hot.times.during(HEAT_WAVE)
    quiet = world(seed).temperature
    ten_days = np.convolve(quiet, np.full(480, 1 / 480), mode="valid")
    assert hot.temperature[during].mean() > ten_days.max() + 5
    assert hot.temperature[during].max() > quiet.max()
    assert hot.megawatts[during].max() > 1.1 * hot.megawatts[learned(hot.times)].max()


def test_a_stuck_sensor_sends_its_last_value_while_truth_goes_on() -> None:
    sent = {row["Temperature"] for day in within(STUCK_SENSOR) for row in day.rows}
    before = next(day for day in told()[1] if day.day == STUCK_SENSOR.first - timedelta(days=1))
    assert sent == {before.rows[-1]["Temperature"]}
    stuck, quiet = world(SEED, incidents=(STUCK_SENSOR,)), world(SEED)
    assert np.array_equal(stuck.megawatts, quiet.megawatts)
    assert np.array_equal(stuck.temperature, quiet.temperature)
    assert np.ptp(stuck.temperature[stuck.times.during(STUCK_SENSOR)]) > 8


def test_a_renamed_column_keeps_its_values_under_another_name() -> None:
    quiet = {day.day: day for day in told(without=(RENAMED_COLUMN.name,))[1]}
    for day in within(RENAMED_COLUMN):
        assert all(list(row) == ["timestamp_utc", "Temp", "Holiday", "LargeLoad"] for row in day.rows)
        assert [row["Temp"] for row in day.rows] == [row["Temperature"] for row in quiet[day.day].rows]
        assert day.truth == quiet[day.day].truth


def test_the_new_segment_was_never_seen_before_and_adds_a_flat_load() -> None:
    new, quiet = world(SEED, incidents=(NEW_SEGMENT,)), world(SEED)
    runs = new.loads == "data centre"
    during = new.times.during(NEW_SEGMENT)
    assert not runs[~during].any()
    assert 0.3 < runs[during].mean() < 0.6
    assert (
        set(quiet.loads.tolist())
        == set(quiet.loads[learned(quiet.times)].tolist())
        == {"idle", "smelter", "paper mill"}
    )
    more = (new.megawatts - quiet.megawatts)[runs & (quiet.loads == "idle")]
    assert more == pytest.approx(np.full(more.size, 420.0), abs=0.002)
    assert new.megawatts[~runs].tolist() == quiet.megawatts[~runs].tolist()


def test_no_level_reads_like_a_missing_value() -> None:
    """A CSV file can't tell them apart, and what is learned would differ from what is sent."""
    levels = set(world(SEED, incidents=EVERYTHING).loads.tolist())
    assert levels == {"idle", "smelter", "paper mill", "data centre"}
    assert not {level.strip().lower() for level in levels} & {"", "na", "n/a", "nan", "null", "none", "missing", "-"}


@every_seed
def test_weather_persists_for_hours_and_days_and_is_forgotten_in_weeks(seed: int) -> None:
    departure = weather(world(seed).times, seed=seed).departure
    assert correlation(departure, hours=1) > 0.85
    assert 0.25 < correlation(departure, hours=24) < 0.75
    assert correlation(departure, hours=48) < correlation(departure, hours=24)
    assert abs(correlation(departure, hours=24 * 90)) < 0.2


@every_seed
def test_no_year_is_like_another(seed: int) -> None:
    quiet = world(seed)
    month = quiet.times.local.astype("datetime64[M]").astype(np.int64)
    means = (np.bincount(month - month[0], quiet.temperature) / np.bincount(month - month[0])).reshape(3, 12)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(means[one] - means[other]).mean() > 0.6
    assert (means[:, [0, 1, 11]].mean(axis=1) > means[:, [5, 6, 7]].mean(axis=1) + 6).all()


@every_seed
def test_demand_is_least_on_mild_days_and_rises_to_both_sides(seed: int) -> None:
    quiet = world(seed)
    afternoon = quiet.times.workday & (quiet.times.hour == 15)
    bands = ((0, 11), (18, 21), (28, 31), (33, 60))
    cold, mild, warm, hot = (
        quiet.megawatts[afternoon & (quiet.temperature >= low) & (quiet.temperature < high)].mean()
        for low, high in bands
    )
    assert cold > 1.05 * mild
    assert warm > 1.1 * mild
    assert hot > 1.15 * warm


@every_seed
def test_demand_grows_by_about_a_percent_a_year(seed: int) -> None:
    times = world(seed).times
    always_mild = demand(times, np.full(len(times), 19.0), seed=seed)
    first, second, third = (always_mild[times.year == year].mean() for year in (2021, 2022, 2023))
    assert 1.005 < second / first < 1.015
    assert 1.005 < third / second < 1.015


def test_days_off_ask_for_less() -> None:
    quiet = world(SEED)
    noon = quiet.times.hour == 12
    work = quiet.megawatts[noon & quiet.times.workday].mean()
    weekend = ~quiet.times.workday & ~quiet.times.holiday
    for off in (weekend, quiet.times.holiday):
        assert quiet.megawatts[noon & off].mean() < 0.93 * work


def test_demand_is_least_certain_in_the_heat() -> None:
    times = world(SEED).times

    def spread(degrees: float) -> float:
        always = np.full(len(times), degrees)
        return float(np.std(demand(times, always, seed=SEED) / demand(times, always, seed=OTHER_SEED)))

    assert spread(36.0) > 1.3 * spread(19.0)


def test_who_learned_the_first_year_is_off_by_some_three_percent_on_quiet_days_and_by_more_in_incidents() -> None:
    everything = world(SEED, incidents=EVERYTHING)
    times, truth, rows = everything.times, everything.megawatts, features(everything)
    rows[times.during(RENAMED_COLUMN), 0] = np.nan
    first = learned(times)
    settings = {"objective": "regression", "learning_rate": 0.1, "num_threads": 1, "verbosity": -1, "seed": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(rows[first], truth[first], categorical_feature=[5]), 150)
    errors = 100 * np.abs(booster.predict(rows) - truth) / truth
    quiet = ~first & ~np.any([times.during(each) for each in EVERYTHING], axis=0)
    usual = errors[quiet].mean()
    assert 2.5 < usual < 5
    assert errors[times.during(HEAT_WAVE)].mean() > 2 * usual
    assert errors[everything.loads == "data centre"].mean() > 1.5 * usual
    assert errors[times.during(STUCK_SENSOR)].mean() > 1.2 * usual


def features(known: World) -> Numbers:
    levels = {"idle": 0.0, "smelter": 1.0, "paper mill": 2.0}
    times = known.times
    return np.column_stack(
        (
            known.read,
            times.hour,
            (times.day.astype(np.int64) + 3) % 7,
            np.round(times.season * 365),
            times.holiday,
            [levels.get(str(level), np.nan) for level in known.loads],
        )
    )
