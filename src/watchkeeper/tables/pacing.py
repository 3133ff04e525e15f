"""Progress of a whole, told by its parts and not too often."""

import time
from collections.abc import Callable

APART = 0.3
"""Seconds between two tellings."""


class Pace:
    """`seconds` counts up from anywhere; only differences matter."""

    def __init__(self, progress: Callable[[float], None], *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._progress = progress
        self._seconds = seconds
        self._told = seconds()

    def part(self, start: float, end: float) -> Callable[[float], None]:
        """Takes shares of this part of the whole."""

        def tell(share: float) -> None:
            now = self._seconds()
            if now - self._told >= APART:
                self._told = now
                self._progress(start + (end - start) * min(max(share, 0.0), 1.0))

        return tell
