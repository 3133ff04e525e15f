"""Counts by day of numbers whose level of a day lasts into the next, in bins of equal parts of what is usual."""

import numpy as np
from scipy.special import ndtri

from tests.fakes.columns import Chance
from watchkeeper.monitoring.drift.sides import Counts, Floats

BURN_IN = 50


def by_day(
    chance: Chance, moved: Floats, *, lasting: float = 0.0, level: float = 0.3, rows: int = 100, bins: int = 10
) -> Counts:
    """Of shape (days, bins). `moved` is by how much each day's mean is shifted, in deviations of rows within a day, and
    `level` the deviation of the days' levels."""
    days = moved.size
    pushes = chance.normal(size=days + BURN_IN) * np.sqrt(1 - lasting**2)
    levels = np.zeros(days + BURN_IN)
    for day in range(1, days + BURN_IN):
        levels[day] = lasting * levels[day - 1] + pushes[day]
    values = chance.normal(size=(days, rows)) + (levels[BURN_IN:] * level + moved)[:, np.newaxis]
    places = np.searchsorted(ndtri(np.arange(1, bins) / bins) * np.sqrt(1 + level**2), values)
    return np.stack([np.bincount(row, minlength=bins) for row in places])


def abrupt(days: int, first: int) -> Floats:
    return (np.arange(days) >= first).astype(np.float64)


def passing(days: int, first: int, length: int) -> Floats:
    return abrupt(days, first) - abrupt(days, first + length)


def gradual(days: int, first: int, length: int) -> Floats:
    """At its full height after so many days."""
    return np.clip((np.arange(days) - first + 1) / length, 0.0, 1.0)
