"""Which large industrial customer runs, shift by shift."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from watchkeeper.demo.chance import Numbers, stream
from watchkeeper.demo.half_hours import HalfHours, Ints

IDLE, SMELTER, PAPER_MILL, DATA_CENTRE = "idle", "smelter", "paper mill", "data centre"
MEGAWATTS: Mapping[str, float] = MappingProxyType({IDLE: 0.0, SMELTER: 340.0, PAPER_MILL: 160.0, DATA_CENTRE: 420.0})
SHARES: Mapping[str, float] = MappingProxyType({IDLE: 0.5, SMELTER: 0.3, PAPER_MILL: 0.2})
SHIFT = 8
"""Hours."""

Levels = npt.NDArray[np.str_]


def large_loads(times: HalfHours, *, seed: int) -> Levels:
    """The customer in each half-hour; the same through a shift."""
    shift = shifts(times)
    drawn = stream(seed, "large loads").choice(list(SHARES), size=int(shift[-1]) + 1, p=list(SHARES.values()))
    found: Levels = drawn[shift].astype("<U16")
    return found


def shifts(times: HalfHours) -> Ints:
    """Each half-hour's shift, counted from the first; three to a local day."""
    days = (times.day - times.day[0]).astype(np.int64)
    found: Ints = days * (24 // SHIFT) + times.hour.astype(np.int64) // SHIFT
    return found


def megawatts(loads: Levels) -> Numbers:
    names, places = np.unique(loads, return_inverse=True)
    found: Numbers = np.array([MEGAWATTS[str(name)] for name in names])[places]
    return found
