"""Response times as counts in fixed bins, 8 % apart from 0.05 ms to about 100 s, so that days add up and any
percentile can be read off within 4 %."""

import numpy as np
import numpy.typing as npt

from watchkeeper.monitoring.ports import Counts

LOWEST_MS = 0.05
GROWTH = 1.08
BINS = 190
EDGES: npt.NDArray[np.float64] = LOWEST_MS * np.power(GROWTH, np.arange(BINS - 1), dtype=np.float64)


def count_times(milliseconds: npt.ArrayLike) -> Counts:
    """Counts of shape (BINS,); what is shorter or longer than the range goes to the first or last bin."""
    places = np.searchsorted(EDGES, np.asarray(milliseconds, dtype=np.float64), side="right")
    return np.bincount(places, minlength=BINS).astype(np.int64)


def percentile(times: Counts, share: float) -> float | None:
    """The response time in milliseconds that this share of calls did not exceed; None without calls."""
    total = int(times.sum())
    if total == 0:
        return None
    place = int(np.searchsorted(np.cumsum(times), share * total, side="left"))
    low = EDGES[place - 1] if place > 0 else LOWEST_MS / GROWTH
    return float(low * GROWTH**0.5)
