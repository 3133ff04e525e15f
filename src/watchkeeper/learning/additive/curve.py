"""The effect of a number: a slope, and a height at each of some quantiles with straight pieces between.

Beyond the outer quantiles only the slope goes on, so that a trend is followed and a bend is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from watchkeeper.learning.arrays import SMALLEST_SPREAD, Numbers, Rows
from watchkeeper.learning.encoding import Encoder

QUANTILES = (0.01, 0.05, *(tenth / 10 for tenth in range(1, 10)), 0.95, 0.99)
NEAREST = 1e-6
"""In spreads; knots that are nearer are one, since a piece between them would be too steep for its digits."""


@dataclass(frozen=True)
class Curve:
    """Of the standardised number z: starts[k] + rises[k] * z, k being the piece that z lies in."""

    place: int
    centre: float
    spread: float
    knots: Numbers
    starts: Numbers
    rises: Numbers
    missing: float

    def of(self, rows: Rows, encoder: Encoder) -> Numbers:  # noqa: ARG002
        z = (rows.values[self.place] - self.centre) / self.spread
        piece = self.knots.searchsorted(z)
        effect: Numbers = self.starts.take(piece) + self.rises.take(piece) * z
        effect[np.isnan(z)] = self.missing
        return effect

    def to_json(self) -> dict[str, Any]:
        lists = {name: getattr(self, name).tolist() for name in ("knots", "starts", "rises")}
        return {**vars(self), **lists, "kind": "curve"}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        arrays = {name: np.array(kept[name], dtype=np.float64) for name in ("knots", "starts", "rises")}
        return cls(**{**kept, **arrays})


@dataclass(frozen=True)
class CurveTerm:
    """Columns: missing, the standardised number, then one a knot."""

    place: int
    centre: float
    spread: float
    knots: Numbers

    @classmethod
    def fit(cls, rows: Rows, place: int) -> Self:
        values = rows.values[place]
        known = values[np.isfinite(values)]
        if not known.size:
            return cls(place, 0.0, 1.0, np.empty(0))
        centre, spread = float(known.mean()), float(known.std())
        if spread <= SMALLEST_SPREAD:
            return cls(place, centre, 1.0, np.empty(0))
        knots = np.unique(np.quantile((known - centre) / spread, QUANTILES))
        knots = knots[np.diff(knots, prepend=-np.inf) > NEAREST]
        return cls(place, centre, spread, knots if knots.size > 2 else np.empty(0))

    @property
    def width(self) -> int:
        return 2 + self.knots.size

    def fill(self, design: Numbers, rows: Rows, encoder: Encoder) -> None:  # noqa: ARG002
        z = (rows.values[self.place] - self.centre) / self.spread
        missing = np.isnan(z)
        design[:, 0] = missing
        design[:, 1] = np.where(missing, 0.0, z)
        if not self.knots.size:
            return
        inside = np.clip(z, self.knots[0], self.knots[-1])
        known = np.flatnonzero(~missing)
        left = np.clip(self.knots.searchsorted(inside[known], side="right") - 1, 0, self.knots.size - 2)
        share = (inside[known] - self.knots[left]) / (self.knots[left + 1] - self.knots[left])
        design[known, 2 + left] = 1 - share
        design[known, 3 + left] = share

    def weighted(self, weights: Numbers) -> Curve:
        missing, slope, heights = float(weights[0]), float(weights[1]), weights[2:]
        ends = np.concatenate([heights[:1], heights, heights[-1:]]) if heights.size else np.zeros(1)
        inner = np.diff(heights) / np.diff(self.knots)
        rises = np.concatenate([[0.0], inner, [0.0]])[: self.knots.size + 1]
        anchors = np.concatenate([self.knots[:1], self.knots]) if heights.size else np.zeros(1)
        starts = ends[: self.knots.size + 1] - rises * anchors
        return Curve(self.place, self.centre, self.spread, self.knots, starts, rises + slope, missing)
