"""A target in units of its own spread: float32 inside a library then keeps its digits whatever its size."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from watchkeeper.learning.arrays import SMALLEST_SPREAD, Numbers
from watchkeeper.learning.signature import REGRESSION


@dataclass(frozen=True)
class Scale:
    centre: float = 0.0
    spread: float = 1.0

    @classmethod
    def of(cls, truth: Numbers, *, task: str) -> Self:
        """That of a regression's target; probabilities stay as they are."""
        if task != REGRESSION:
            return cls()
        spread = float(truth.std())
        return cls(centre=float(truth.mean()), spread=spread if spread > SMALLEST_SPREAD else 1.0)

    def shrink(self, truth: Numbers) -> Numbers:
        return (truth - self.centre) / self.spread

    def restore(self, answers: Numbers) -> Numbers:
        return answers * self.spread + self.centre

    def to_json(self) -> dict[str, float]:
        return {"centre": self.centre, "spread": self.spread}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**kept)
