"""What each incident does. None draws from a stream of another's, so the rest stays as it was."""

from dataclasses import replace
from typing import Any

import numpy as np

from watchkeeper.demo.chance import Numbers, stream
from watchkeeper.demo.half_hours import HalfHours, Truths
from watchkeeper.demo.large_loads import DATA_CENTRE, Levels, shifts
from watchkeeper.demo.weather import Weather

HOTTER, VARIED = 0.75, 0.3
"""Degrees above normal for each normal one, so that days gain more than nights; the departure's share that is left."""
RUNS = 0.45
"""The share of shifts in which the data centre runs."""


def heated(weather: Weather, during: Truths) -> Weather:
    """A heat wave: far above normal, and steadily so."""
    hot = HOTTER * weather.normal + VARIED * weather.departure
    return replace(weather, departure=np.where(during, hot, weather.departure))


def stuck(temperature: Numbers, during: Truths) -> Numbers:
    """What a stuck thermometer sends: the last value before."""
    last = temperature[max(int(during.argmax()) - 1, 0)]
    return np.where(during, last, temperature)


def joined(loads: Levels, times: HalfHours, during: Truths, *, seed: int) -> Levels:
    """The customers once the data centre has come, whose shifts are no longer another's."""
    shift = shifts(times)
    runs = stream(seed, "data centre").random(int(shift[-1]) + 1) < RUNS
    return np.where(during & runs[shift], DATA_CENTRE, loads)


def renamed(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose column of temperatures has another name."""
    return {("Temp" if name == "Temperature" else name): value for name, value in row.items()}
