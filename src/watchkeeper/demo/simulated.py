"""A simulated history: three years of demand that we write, with what goes wrong in the last two on known days."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from watchkeeper.demo.chance import Numbers
from watchkeeper.demo.demand import GROWTH, demand
from watchkeeper.demo.disturbing import heated, joined, renamed, stuck
from watchkeeper.demo.half_hours import HalfHours, Ints, dates, half_hours
from watchkeeper.demo.history import TARGET, TIME, ZONE, Day, History
from watchkeeper.demo.incidents import HEAT_WAVE, NEW_SEGMENT, RENAMED_COLUMN, STUCK_SENSOR, Incident, incidents_but
from watchkeeper.demo.large_loads import Levels, large_loads, megawatts
from watchkeeper.demo.weather import weather

SEED = 7
LEARNED, LAST = 2021, 2023
COLUMNS = (TIME, "Temperature", "Holiday", "LargeLoad", TARGET)


@dataclass(frozen=True)
class World:
    """What was, half-hour by half-hour; `read` is what the thermometer sent, which need not be the temperature."""

    times: HalfHours
    temperature: Numbers
    read: Numbers
    loads: Levels
    megawatts: Numbers


def simulated_history(*, into: Path, seed: int = SEED, without: Collection[str] = ()) -> History:
    """Learn from a year, replay the two that follow.

    Args:
        into: the directory in which the year to learn from is written, as `past.csv`.
        seed: another seed, other weather and noise; incidents keep their days.
        without: the names of incidents that are left out. Whatever they don't touch stays the same.

    Raises:
        UnknownIncident: no incident has one of these names.
    """
    told = incidents_but(without)
    world = simulated_world(seed=seed, told=told)
    years = world.times.year
    return History(
        past=_written(into / "past.csv", _rows(world, np.flatnonzero(years == LEARNED))),
        days=_days(world, np.flatnonzero(years > LEARNED), told),
        exclude=(),
        told=f"simulated half-hourly demand: {LEARNED} learned from, {LEARNED + 1} to {LAST} replayed",
        incidents=told,
    )


def simulated_world(*, seed: int, told: Collection[Incident], growth: float = GROWTH) -> World:
    """`growth` of demand from one year to the next."""
    times = half_hours(LEARNED, LAST, zone=ZONE)
    sky, loads = weather(times, seed=seed), large_loads(times, seed=seed)
    if HEAT_WAVE in told:
        sky = heated(sky, times.during(HEAT_WAVE))
    if NEW_SEGMENT in told:
        loads = joined(loads, times, times.during(NEW_SEGMENT), seed=seed)
    temperature = sky.temperature
    return World(
        times=times,
        temperature=temperature,
        read=stuck(temperature, times.during(STUCK_SENSOR)) if STUCK_SENSOR in told else temperature,
        loads=loads,
        megawatts=np.round(demand(times, temperature, seed=seed, growth=growth) + megawatts(loads), 3),
    )


def _days(world: World, places: Ints, told: Collection[Incident]) -> list[Day]:
    bounds = np.flatnonzero(np.diff(world.times.day[places])) + 1
    return [_day(world, part, told) for part in np.split(places, bounds)]


def _day(world: World, places: Ints, told: Collection[Incident]) -> Day:
    (day,) = dates(world.times.day[places[:1]])
    rows = _rows(world, places)
    truth = [row.pop(TARGET) for row in rows]
    if RENAMED_COLUMN in told and RENAMED_COLUMN.first <= day <= RENAMED_COLUMN.last:
        rows = [renamed(row) for row in rows]
    return Day(day=day, rows=rows, truth=truth)


def _rows(world: World, places: Ints) -> list[dict[str, Any]]:
    columns = (
        (f"{text}Z" for text in np.datetime_as_string(world.times.utc[places], unit="s").tolist()),
        world.read[places].tolist(),
        world.times.holiday[places].tolist(),
        world.loads[places].tolist(),
        world.megawatts[places].tolist(),
    )
    return [dict(zip(COLUMNS, values, strict=True)) for values in zip(*columns, strict=True)]


def _written(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path
