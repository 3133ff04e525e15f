"""How long something may still take."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Budget:
    """`ticks` gives seconds that never run backwards."""

    end: float
    ticks: Callable[[], float] = time.monotonic

    @classmethod
    def of(cls, seconds: float, ticks: Callable[[], float] = time.monotonic) -> Self:
        return cls(ticks() + seconds, ticks)

    def left(self) -> float:
        """Seconds; not above zero when it is spent."""
        return self.end - self.ticks()

    def spent(self) -> bool:
        return self.left() <= 0

    def part(self, share: float) -> "Budget":
        """A share of what is left."""
        return Budget.of(max(self.left(), 0.0) * share, self.ticks)
