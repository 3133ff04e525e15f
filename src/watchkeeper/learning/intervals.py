"""How far the truth may lie from a prediction: as far as it did on rows that the model was not fitted on.

Split conformal prediction: of n absolute errors the ceil((n + 1) * level)-th is a half width that holds the truth of a
further row with at least that probability, whatever the model, if that row could as well have been one of the n.

Reference: Lei and others 2018, distribution-free predictive inference for regression.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from watchkeeper.learning.arrays import Ints, Numbers
from watchkeeper.learning.errors import LevelRefused, TooFewErrors

MOST_KEPT = 2_000
"""Where there were more errors, the next larger of those that are kept stands for one between: the interval may hold
one part in so many more often than it was asked to."""
NEARLY = 1e-9
USUAL = (0.5, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Errors:
    """`sizes` in order; `ranks`: which of the `rows` errors each of them was, from 1 on."""

    rows: int
    ranks: Ints
    sizes: Numbers

    @classmethod
    def of(cls, truth: Numbers, answers: Numbers) -> Self:
        sizes = np.sort(np.abs(truth - answers))
        kept = min(sizes.size, MOST_KEPT)
        ranks = -(-np.arange(1, kept + 1) * sizes.size // kept)
        return cls(sizes.size, ranks.astype(np.int64), sizes[ranks - 1])

    def half_width(self, level: float) -> float:
        """In the target's unit. Raise LevelRefused, or TooFewErrors where the largest error does not say enough."""
        check_level(level)
        rank = math.ceil((self.rows + 1) * level - NEARLY)
        if rank > self.rows:
            raise TooFewErrors(
                f"An interval that holds at {level:g} takes {math.ceil(level / (1 - level) - NEARLY):,} rows held out "
                f"when the model was trained; there were {self.rows:,}. Ask for {self.highest:g} at most.",
                fields=("interval",),
            )
        return float(self.sizes[self.ranks.searchsorted(rank)])

    @property
    def highest(self) -> float:
        """Level, rounded down."""
        return math.floor(self.rows / (self.rows + 1) * 10_000) / 10_000

    def told(self) -> dict[str, Any]:
        """For people: half widths at the levels that are usual and that so many rows allow."""
        widths = {f"{level:g}": self.half_width(level) for level in USUAL if level <= self.highest}
        return {"rows": self.rows, "highest": self.highest, "half_widths": widths}

    def to_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "ranks": self.ranks.tolist(), "sizes": self.sizes.tolist()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(kept["rows"], np.array(kept["ranks"], dtype=np.int64), np.array(kept["sizes"], dtype=np.float64))


def check_level(level: float) -> None:
    if not 0 < level < 1:
        raise LevelRefused(
            f"An interval cannot hold at {level:g}: give a share between 0 and 1, like 0.9.", fields=("interval",)
        )
