"""Readings and sorts with a season of the year and of the day, of which neighbouring days are alike."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tests.fakes.columns import Chance
from tests.fakes.in_time import BURN_IN
from watchkeeper.monitoring.drift.sides import Floats

Moments = npt.NDArray[np.datetime64]
STEP = 3
"""Hours from one row to the next."""
ROWS_A_DAY = 24 // STEP


def moments(begins: str, days: int) -> Moments:
    return np.datetime64(begins, "us") + np.arange(days * ROWS_A_DAY) * np.timedelta64(STEP * 3_600_000_000, "us")


def year_of(when: Moments) -> Floats:
    """How much of its year has gone by, in radians."""
    years = when.astype("datetime64[Y]")
    gone: Floats = (when - years.astype("datetime64[us]")).astype(np.float64)
    return gone / 86_400e6 * 2 * np.pi / 365.25


def levels_of_days(chance: Chance, days: int, columns: int, *, lasting: float) -> Floats:
    """Of deviation 1, of shape (days, columns); `lasting` is the correlation of a day's with the next one's."""
    pushes = chance.normal(size=(days + BURN_IN, columns)) * np.sqrt(1 - lasting**2)
    found: Floats = np.zeros_like(pushes)
    for day in range(1, days + BURN_IN):
        found[day] = lasting * found[day - 1] + pushes[day]
    return found[BURN_IN:]


def seasonal_numbers(chance: Chance, when: Moments, columns: int, *, lasting: float, season: float = 2.0) -> Floats:
    """Of shape (rows, columns): a yearly wave of so many deviations of a day's level, a daily one, the level, noise."""
    days = when.size // ROWS_A_DAY
    waves = season * np.cos(year_of(when)) + 0.5 * np.cos(np.arange(when.size) * 2 * np.pi / ROWS_A_DAY)
    levels = np.repeat(levels_of_days(chance, days, columns, lasting=lasting), ROWS_A_DAY, axis=0)
    return waves[:, np.newaxis] + levels + 0.3 * chance.normal(size=levels.shape)


def seasonal_sorts(
    chance: Chance,
    when: Moments,
    columns: int,
    *,
    lasting: float,
    season: float = 1.0,
    more: float = 0.0,
    sorts: int = 5,
) -> Any:
    """Of shape (rows, columns), whole numbers: each sort has its own wave of the year and level of the day, in the
    logarithm of its share; `more` is added to the second one's."""
    days, phases = when.size // ROWS_A_DAY, np.arange(sorts) * 2 * np.pi / sorts
    levels = levels_of_days(chance, days, columns * sorts, lasting=lasting).reshape(days, columns, sorts)
    waves = season * np.cos(year_of(when)[:, np.newaxis] - phases) - np.log(np.arange(1, sorts + 1))
    waves[:, 1] += more
    logs = 0.7 * np.repeat(levels, ROWS_A_DAY, axis=0) + waves[:, np.newaxis]
    return (logs + chance.gumbel(size=logs.shape)).argmax(axis=-1)


def dated(when: Any, values: Any) -> pa.Table:
    return pa.table({"when": when, "value": pa.array(values)})
