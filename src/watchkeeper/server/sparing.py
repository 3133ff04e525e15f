"""A prediction process in reserve: it has loaded everything, takes no calls, and takes over when its twin dies.

Only for a process that is the only one of its kind: others would go on answering anyway.
"""

import time
from collections.abc import Callable

from watchkeeper.server.children import Child, Held, Process

BEGINS_AFTER = 20.0
"""Seconds, so that it takes nothing from a server that starts."""
AGAIN_AFTER = 30.0
"""Seconds after one that did not come as far as being ready."""


class Spare:
    """Stands by for `child`, None where nobody is to; `begin` starts a process that serves once it is told to."""

    def __init__(self, child: Child | None, *, begin: Callable[[Child], Held]) -> None:
        self._child = child
        self._begin = begin
        self._held: Held | None = None
        self._ready = False
        self._begins_at = time.monotonic() + BEGINS_AFTER

    def ready_for(self, child: Child) -> bool:
        return child is self._child and self._ready and self._held is not None and self._held.process.poll() is None

    def look(self) -> None:
        """Have one, and hear whether it is ready. What it can't load, the process that died could not either."""
        if self._held is None:
            if self._child is not None and time.monotonic() >= self._begins_at:
                self._held = self._begin(self._child)
        elif self._held.process.poll() is not None:
            self.end()
            self._begins_at = time.monotonic() + AGAIN_AFTER
        elif not self._ready:
            self._ready = self._held.said() is not None

    def take(self, child: Child) -> Process | None:
        """It serves in this child's place from now on, and the next one begins; None where there is none ready."""
        if self._held is None or not self.ready_for(child):
            return None
        process = self._held.serve()
        self._held, self._ready, self._begins_at = None, False, time.monotonic()
        return process

    def end(self) -> None:
        if self._held is not None:
            self._held.end()
        self._held, self._ready = None, False
