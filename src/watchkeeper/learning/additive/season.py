"""The effect of a moment: of its half-hour, apart on weekends, of its weekday, and of the time of year as waves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from watchkeeper.learning.arrays import Ints, Numbers, Rows
from watchkeeper.learning.encoding import Encoder

SLOTS = 48
WEEKDAYS = 7
SATURDAY = 5
WAVES = 3
YEAR = 365.25
DAYS = np.arange(367)
TURNS = 2 * np.pi * np.outer(DAYS / YEAR, np.arange(1, WAVES + 1))
YEARLY = np.concatenate([np.sin(TURNS), np.cos(TURNS)], axis=1)
"""Of shape (days, 2 * WAVES)."""


@dataclass(frozen=True)
class Season:
    """Heights by half-hour of the week, the first Monday's, and by day of the year. `place` is that of a timestamp
    among the inputs, None for the event time."""

    place: int | None
    weekly: Numbers
    yearly: Numbers
    missing: float

    def of(self, rows: Rows, encoder: Encoder) -> Numbers:
        slot, weekday, day, missing = _parts(rows, encoder, self.place)
        found: Numbers = self.weekly.take(weekday * SLOTS + slot) + self.yearly.take(day)
        if missing is not None:
            found[missing] = self.missing
        return found

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "weekly": self.weekly.tolist(), "yearly": self.yearly.tolist(), "kind": "season"}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        arrays = {name: np.array(kept[name], dtype=np.float64) for name in ("weekly", "yearly")}
        return cls(**{**kept, **arrays})


@dataclass(frozen=True)
class SeasonTerm:
    """Columns: half-hours of working days, of weekends, weekdays, waves, missing."""

    place: int | None

    @property
    def width(self) -> int:
        return 2 * SLOTS + WEEKDAYS + 2 * WAVES + 1

    def fill(self, design: Numbers, rows: Rows, encoder: Encoder) -> None:
        slot, weekday, day, missing = _parts(rows, encoder, self.place)
        every = np.arange(len(rows))
        design[every, slot + SLOTS * (weekday >= SATURDAY)] = 1.0
        design[every, 2 * SLOTS + weekday] = 1.0
        design[:, 2 * SLOTS + WEEKDAYS : -1] = YEARLY[day]
        if missing is not None:
            design[missing] = 0.0
            design[:, -1] = missing

    def weighted(self, weights: Numbers) -> Season:
        working, weekend = weights[:SLOTS], weights[SLOTS : 2 * SLOTS]
        weekdays = weights[2 * SLOTS : 2 * SLOTS + WEEKDAYS]
        daily = [weekend if day >= SATURDAY else working for day in range(WEEKDAYS)]
        weekly = np.concatenate([heights + height for heights, height in zip(daily, weekdays, strict=True)])
        return Season(self.place, weekly, YEARLY @ weights[2 * SLOTS + WEEKDAYS : -1], float(weights[-1]))


def _parts(rows: Rows, encoder: Encoder, place: int | None) -> tuple[Ints, Ints, Ints, Any]:
    """Half-hour of the day, weekday, day of year, and a mask of what is missing (None: nothing can be)."""
    if place is None:
        slot, weekday, day, _ = encoder.calendar(rows)
        return slot, weekday, day, None
    parts = encoder.calendar_of(rows, place)
    missing = np.isnan(parts[0])
    slot, weekday, day = np.where(missing, 0.0, parts[:3]).astype(np.int64)
    return slot, weekday, day, missing
