"""How many calls a process takes at once. Beyond it, a caller is told at once to come again, and waits for nothing."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from watchkeeper.server.plane.deadline import passed
from watchkeeper.serving.errors import Overloaded

Found = TypeVar("Found")
MOST_CALLS = 500
"""Under way in one process, those among them whose bodies are still coming."""
LARGE_AT_ONCE, MOST_LARGE = 2, 16
"""Large calls that are answered beside the loop, and that may be there in all."""


class Crowd:
    """`calls` are under way, `large` of them large ones; `turned_away` counts those for whom there was no room."""

    def __init__(self, *, most_calls: int = MOST_CALLS, most_large: int = MOST_LARGE) -> None:
        self._most_calls = most_calls
        self._most_large = most_large
        self._pool = ThreadPoolExecutor(LARGE_AT_ONCE, thread_name_prefix="large")
        self.calls = 0
        self.large = 0
        self.turned_away = 0

    @property
    def is_full(self) -> bool:
        return self.calls >= self._most_calls

    def enter(self) -> None:
        """Raise Overloaded where there is no room; else `leave` has to follow."""
        if self.is_full:
            raise self._full(f"{self.calls} calls are under way in this process")
        self.calls += 1

    def leave(self) -> None:
        self.calls -= 1

    async def beside(self, work: Callable[[], Found], *, until: float) -> Found:
        """Have a large call answered beside the loop. Raise Overloaded where too many wait for that, DeadlinePassed for
        one that still waits at the moment `until` of `time.perf_counter`."""
        if self.large >= self._most_large:
            raise self._full(f"{self.large} large calls are under way in this process")
        self.large += 1
        try:
            begun = self._pool.submit(work)
            ended = asyncio.wrap_future(begun)
            await asyncio.wait({ended}, timeout=max(until - time.perf_counter(), 0.0))
            if begun.cancel():
                raise passed("the large calls before it")
            return await ended
        finally:
            self.large -= 1

    def _full(self, reason: str) -> Overloaded:
        self.turned_away += 1
        return Overloaded(f"{reason}, as many as it takes. Try again in a second, or start more processes.")
