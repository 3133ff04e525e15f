"""A temperature as Melbourne's could be: mild winters, summers with hot spells, no year like another."""

from dataclasses import dataclass

import numpy as np

from watchkeeper.demo.chance import Numbers, persistent, stream
from watchkeeper.demo.half_hours import HalfHours

WARMEST_DAY, WARMEST_HOUR = 0.07, 15.0
"""Late January as a share of the year, and the local hour."""
MONTH, SPELL, GUST = 40 * 24.0, 30.0, 3.0
"""After how many hours the kinds of noise are forgotten."""


@dataclass(frozen=True)
class Weather:
    """In degrees Celsius: what is normal for season and hour, and the departure from it."""

    normal: Numbers
    departure: Numbers

    @property
    def temperature(self) -> Numbers:
        found: Numbers = np.round(self.normal + self.departure, 1)
        return found


def weather(times: HalfHours, *, seed: int) -> Weather:
    return Weather(_normal(times), _departure(times, seed))


def summer(times: HalfHours) -> Numbers:
    """From 0 in mid-winter to 1 in mid-summer."""
    found: Numbers = 0.5 + 0.5 * np.cos(2 * np.pi * (times.season - WARMEST_DAY))
    return found


def _normal(times: HalfHours) -> Numbers:
    warmth = summer(times)
    daily = np.cos(2 * np.pi * (times.hour - WARMEST_HOUR) / 24)
    found: Numbers = 11.0 + 10.0 * warmth + (2.3 + 1.7 * warmth) * daily
    return found


def _departure(times: HalfHours, seed: int) -> Numbers:
    """Months, spells of some days and hours; hot spells go further than cold ones, most by day and in summer."""
    noise = {
        name: persistent(stream(seed, f"weather {name}"), len(times), hours=hours)
        for name, hours in (("month", MONTH), ("spell", SPELL), ("gust", GUST))
    }
    by_day = 0.85 + 0.25 * np.cos(2 * np.pi * (times.hour - WARMEST_HOUR) / 24)
    skewed = noise["spell"] + 0.1 * (noise["spell"] ** 2 - 1)
    found: Numbers = noise["month"] + (2.2 + 1.8 * summer(times)) * by_day * skewed + 0.8 * noise["gust"]
    return found
