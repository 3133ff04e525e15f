"""The simulator's incidents are dated within a day, from counts by day."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from watchkeeper.demo.half_hours import dates
from watchkeeper.demo.incidents import HEAT_WAVE, INCIDENTS, NEW_SEGMENT, RENAMED_COLUMN, STUCK_SENSOR, Incident
from watchkeeper.demo.simulated import LEARNED, World, simulated_world
from watchkeeper.monitoring.drift.onset.dating import onset
from watchkeeper.monitoring.drift.onset.onset import Course
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

SEEDS = (7, 8, 9)
BEFORE, AFTER = 60, 20
TEMPERATURE, LARGE_LOAD = Column("Temperature", Kind.NUMERIC), Column("LargeLoad", Kind.CATEGORICAL)


@pytest.fixture(scope="module", params=SEEDS)
def world(request: pytest.FixtureRequest) -> World:
    return simulated_world(seed=request.param, told=tuple(INCIDENTS.values()))


def sent(world: World, incident: Incident, column: Column) -> npt.NDArray[np.object_]:
    if column is LARGE_LOAD:
        return world.loads.astype(np.object_)
    values = world.read.astype(np.object_)
    if incident is RENAMED_COLUMN:
        values[world.times.during(incident)] = None
    return values


@pytest.mark.parametrize(
    ("incident", "column", "passes"),
    [
        (STUCK_SENSOR, TEMPERATURE, True),
        (RENAMED_COLUMN, TEMPERATURE, True),
        (HEAT_WAVE, TEMPERATURE, True),
        (NEW_SEGMENT, LARGE_LOAD, False),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_an_incident_is_dated_within_a_day(world: World, incident: Incident, column: Column, passes: bool) -> None:
    values, day = sent(world, incident, column), world.times.day
    bins = fit_bin_set(column, pa.chunked_array([values[world.times.year == LEARNED].tolist()]))
    start = incident.first - timedelta(BEFORE)
    stretch = [start + timedelta(each) for each in range(BEFORE + AFTER + 1)]
    numbered = dict(zip(dates(np.unique(day)), np.unique(day), strict=True))
    counts = [bins.count(pa.chunked_array([values[day == numbered[each]].tolist()])) for each in stretch]
    found = onset(np.stack(counts), np.asarray(bins.reference))
    assert found is not None
    assert abs(stretch[found.first] - incident.first) <= timedelta(1)
    assert stretch[found.low] - timedelta(1) <= incident.first <= stretch[found.high] + timedelta(1)
    if passes:
        assert found.course is Course.PASSING
        assert found.last is not None
        assert abs(stretch[found.last] - min(incident.last, date.max)) <= timedelta(1)
