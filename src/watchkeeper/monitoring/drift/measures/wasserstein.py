"""The Wasserstein distance, in units of the reference's standard deviation.

How far the rows would have to be moved on their scale, on average, to make both sides alike: a shift of all by half a
deviation is 0.5. From counts each group stands at one place of the scale, and what lies beyond the reference's range at
its end, so that it is at least so far away. Where the reference does not vary, the unit
is the deviation of both sides together, each weighing as much. Vallender, "Calculation of the Wasserstein distance
between probability distributions on the line", Theory of Probability and Its Applications 18 (1974).

>>> round(WASSERSTEIN.function(np.array([50, 50]), np.array([40, 60])), 6)
0.2
"""

from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.drift.measures.measure import Counts, Measure, Shares, shares


@dataclass(frozen=True)
class Wasserstein(Measure):
    def of_column(self, reference: Counts, current: Counts, values: Shares | None = None) -> Shares:
        places = np.arange(reference.shape[-1], dtype=np.float64) if values is None else values
        before, now = shares(reference), shares(current)
        apart = np.abs(np.cumsum(before - now, axis=-1))[..., :-1]
        moved = (apart * np.diff(places)).sum(axis=-1)
        unit = _deviation(before, places)
        unit = np.where(unit > 0, unit, _deviation((before + now) / 2, places))
        # Where nothing varies on either side there is no unit, and nothing has moved.
        found: Shares = moved / np.where(unit > 0, unit, 1.0)
        return found


def _deviation(weights: Shares, places: Shares) -> Shares:
    mean = (weights * places).sum(axis=-1, keepdims=True)
    found: Shares = np.sqrt((weights * (places - mean) ** 2).sum(axis=-1))
    return found


WASSERSTEIN = Wasserstein("wasserstein", "Wasserstein distance", None, ordered=True, symmetric=False)
