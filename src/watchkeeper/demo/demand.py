"""Half-hourly demand for electricity, in MW, of a state like Victoria."""

import numpy as np

from watchkeeper.demo.chance import Numbers, persistent, stream
from watchkeeper.demo.half_hours import HalfHours

# At each local hour, on a mild day.
WORKDAY = (4160, 3840, 3660, 3460, 3430, 3640, 4210, 4860, 5000, 5070, 5080, 5120,
           5140, 5150, 5130, 5100, 5190, 5400, 5370, 5080, 4900, 4640, 4280, 4170)  # fmt: skip
DAY_OFF = (4080, 3740, 3520, 3300, 3200, 3230, 3370, 3590, 3760, 3930, 4030, 4060,
           4070, 4080, 4050, 4090, 4230, 4440, 4580, 4440, 4320, 4170, 3930, 3890)  # fmt: skip
GROWTH = 1.01
"""A year."""
HEATED_BELOW, COOLED_ABOVE = 17.0, 22.0
HEATING, COOLING, AIR_CONDITIONING = 60.0, 60.0, 7.5
"""MW for each degree beyond, and for each square degree of heat, while all are awake."""
LIGHTS, DARKEST_DAY = 320.0, 0.47
"""MW in the evenings of mid-winter; the shortest day as a share of the year."""
SHUTDOWN = 0.06
"""Of demand, that firms save over Christmas and the New Year."""
SLOW, QUICK = 0.026, 0.008
"""Noise as a share of demand: of the kind that lasts most of a day, and of the half-hour's own."""


def demand(times: HalfHours, temperature: Numbers, *, seed: int, growth: float = GROWTH) -> Numbers:
    """Without the large customers; `temperature` is the true one."""
    grown = growth ** (times.year - times.year[0] + times.season)
    quiet = _habits(times) + _response(times, temperature) + _lights(times)
    found: Numbers = quiet * grown * (1 + _noise(times, temperature, seed))
    return found


def _habits(times: HalfHours) -> Numbers:
    """By day, week and holiday."""
    hours = range(24)
    work, off = (np.interp(times.hour, hours, shape, period=24) for shape in (WORKDAY, DAY_OFF))
    shut = (times.season < 8 / 365) | (times.season > 356 / 365)
    found: Numbers = np.where(times.workday, work, off) * np.where(shut, 1 - SHUTDOWN, 1.0)
    return found


def _response(times: HalfHours, temperature: Numbers) -> Numbers:
    """A U: heating where it is cold, cooling where it is warm, steeper the hotter."""
    cold, warm = np.maximum(HEATED_BELOW - temperature, 0), np.maximum(temperature - COOLED_ABOVE, 0)
    found: Numbers = _awake(times) * (HEATING * cold + COOLING * warm + AIR_CONDITIONING * warm**2)
    return found


def _lights(times: HalfHours) -> Numbers:
    winter = 0.5 + 0.5 * np.cos(2 * np.pi * (times.season - DARKEST_DAY))
    found: Numbers = LIGHTS * winter * np.interp(times.hour, (16, 17.5, 21, 23.5), (0, 1, 1, 0))
    return found


def _awake(times: HalfHours) -> Numbers:
    """The share of people who heat or cool: few before dawn, most in the late afternoon."""
    return np.interp(times.hour, (0, 4, 8, 17, 21, 24), (0.6, 0.45, 0.8, 1.0, 0.9, 0.6))


def _noise(times: HalfHours, temperature: Numbers, seed: int) -> Numbers:
    """A share of demand. Wider by day than by night, and widest in the heat."""
    slow = persistent(stream(seed, "demand slow"), len(times), hours=18)
    quick = stream(seed, "demand quick").standard_normal(len(times))
    width = 0.6 + 0.5 * _awake(times) + 0.04 * np.maximum(temperature - COOLED_ABOVE, 0)
    found: Numbers = width * (SLOW * slow + QUICK * quick)
    return found
