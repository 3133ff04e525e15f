"""Features for a library that knows float32 and no missing values: each standardised before its digits are cut, levels
in the order of their mean target, and a missing value as a number well below all others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from watchkeeper.learning.arrays import SMALLEST_SPREAD, Numbers

PRIOR_ROWS = 10.0
"""A level's mean is drawn towards that of all rows by so many."""
WIDEST = 1e30
"""That a float32 holds twice."""
NARROWEST = 1e-30
"""What is nearer to zero is zero: libraries differ on the numbers there."""


@dataclass(frozen=True)
class Narrow:
    """`orders` has, by the place of a categorical feature, the number that stands for each of its levels; the last is
    for a level that no row had."""

    centres: Numbers
    spreads: Numbers
    missing: Numbers
    orders: Mapping[int, Numbers]

    @classmethod
    def fit(cls, features: Numbers, target: Numbers, categorical: list[int]) -> Self:
        orders = {place: _order(features[:, place], target) for place in categorical}
        ordered = _ordered(features, orders)
        columns = [_standard(column[np.isfinite(column)]) for column in ordered.T]
        centres, spreads, missing = np.array(columns, dtype=np.float64).reshape(-1, 3).T
        return cls(centres, spreads, missing, orders)

    def __call__(self, features: Numbers) -> npt.NDArray[np.float32]:
        """Of shape (rows, features), as are `features`."""
        ordered = _ordered(features, self.orders) if self.orders else features
        standard = (ordered - self.centres) / self.spreads
        within = np.minimum(np.maximum(standard, -WIDEST), WIDEST)
        within[np.abs(within) < NARROWEST] = 0.0
        return np.where(np.isnan(within), self.missing, within).astype(np.float32)

    def widened(self, feature: int, narrow: Numbers) -> Numbers:
        """Values of a feature that is no level, which become these."""
        found: Numbers = narrow * self.spreads[feature] + self.centres[feature]
        return found

    def to_json(self) -> dict[str, Any]:
        arrays = {name: getattr(self, name).tolist() for name in ("centres", "spreads", "missing")}
        return {**arrays, "orders": {str(place): order.tolist() for place, order in self.orders.items()}}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        arrays = {name: np.array(kept[name], dtype=np.float64) for name in ("centres", "spreads", "missing")}
        orders = {int(place): np.array(order, dtype=np.float64) for place, order in kept["orders"].items()}
        return cls(**arrays, orders=orders)


def _order(codes: Numbers, target: Numbers) -> Numbers:
    known = np.isfinite(codes)
    levels = codes[known].astype(np.int64)
    counts = np.bincount(levels).astype(np.float64)
    sums = np.bincount(levels, weights=target[known], minlength=counts.size)
    mean = float(target.mean())
    return np.append((sums + PRIOR_ROWS * mean) / (counts + PRIOR_ROWS), mean)


def _ordered(features: Numbers, orders: Mapping[int, Numbers]) -> Numbers:
    ordered = features.copy()
    for place, order in orders.items():
        codes = features[:, place]
        known = np.isfinite(codes)
        entries = np.minimum(codes[known], order.size - 1).astype(np.int64)
        ordered[known, place] = order[entries]
    return ordered


def _standard(known: Numbers) -> tuple[float, float, float]:
    """Centre, spread and what stands for a missing value, of one feature's known values."""
    if not known.size:
        return 0.0, 1.0, -1.0
    low, centre, high = np.quantile(known, [0.25, 0.5, 0.75]).tolist()
    spread = next((each for each in (high - low, float(known.std())) if each > SMALLEST_SPREAD), 1.0)
    lowest = max((float(known.min()) - centre) / spread, -WIDEST)
    return centre, spread, lowest - max(1.0, abs(lowest))
