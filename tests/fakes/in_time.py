"""Readings of which neighbours are alike: a level of each day that lasts, and noise of each hour."""

import numpy as np
import pyarrow as pa

from tests.fakes.columns import Chance
from watchkeeper.monitoring.drift.sides import Floats

HOURS = 24
BURN_IN = 100


def readings(chance: Chance, days: int, *, lasting: float) -> Floats:
    """One an hour. `lasting` is the correlation of a day's level with the next one's; levels have a deviation of 1."""
    pushes = chance.normal(size=days + BURN_IN) * np.sqrt(1 - lasting**2)
    levels = np.zeros(days + BURN_IN)
    for day in range(1, days + BURN_IN):
        levels[day] = lasting * levels[day - 1] + pushes[day]
    return np.repeat(levels[BURN_IN:], HOURS) + chance.normal(size=days * HOURS) * 0.5


def in_time(values: Floats, *, begins: str) -> pa.Table:
    times = np.datetime64(begins, "us") + np.arange(values.size) * np.timedelta64(3_600_000_000, "us")
    return pa.table({"when": times, "reading": values})
