"""Strata of the calendar: the month, three hours of the day, and whether it is a day off (a weekend or a holiday)."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats

MONTHS, BLOCKS = 12, 8
STRATA = MONTHS * BLOCKS * 2
HOURS = 24 // BLOCKS
THURSDAY = 3
"""The weekday of 1 January 1970."""
FRIDAY = 4

Moments: TypeAlias = npt.NDArray[np.datetime64]
Days: TypeAlias = npt.NDArray[np.int64]
"""Days since 1970."""

COARSENESSES = (1, 2, 2 * BLOCKS)
"""How many strata that follow each other are taken as one: each by itself; days off or not; the month. The month is
never given up, for then nothing would be left of the season."""


def days_of(local: Moments) -> Days:
    """From moments on the clock of the place, of shape (rows,)."""
    return local.astype("datetime64[D]").astype(np.int64)


def off(days: Days, holidays: Days | None = None) -> Flags:
    """Saturdays, Sundays, and the holidays."""
    weekend: Flags = (days + THURSDAY) % 7 > FRIDAY
    return weekend if holidays is None else weekend | np.isin(days, holidays)


def strata_of(local: Moments, holidays: Days | None = None) -> Counts:
    """The stratum of each moment, of shape (rows,)."""
    days = days_of(local)
    months = local.astype("datetime64[M]").astype(np.int64) % MONTHS
    hours = local.astype("datetime64[h]").astype(np.int64) % 24
    found: Counts = (months * BLOCKS + hours // HOURS) * 2 + off(days, holidays)
    return found


def strata_of_days(days: Days) -> Counts:
    """The strata of each day's blocks of three hours, of shape (days, 8)."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % MONTHS
    found: Counts = (months[:, np.newaxis] * BLOCKS + np.arange(BLOCKS)) * 2 + off(days)[:, np.newaxis]
    return found


def offsets(days: Days) -> Floats:
    """How far the middle of each month's days lies from the month's own, in months, of shape (12,); 0 without days."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    begins, ends = (each.astype("datetime64[D]") for each in (months, months + 1))
    places = ((dates - begins).astype(np.float64) + 0.5) / (ends - begins).astype(np.float64) - 0.5
    month = months.astype(np.int64) % MONTHS
    each = np.bincount(month, minlength=MONTHS)
    found: Floats = np.bincount(month, weights=places, minlength=MONTHS) / np.maximum(each, 1)
    return found


def distinct_days(days: Days, strata: Counts) -> Counts:
    """On how many days each stratum has rows, of shape (strata,)."""
    pairs: Any = np.unique(days * STRATA + strata) % STRATA
    return np.bincount(pairs, minlength=STRATA)
