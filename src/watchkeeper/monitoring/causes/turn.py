"""Whose turn it is to ask a model what drifted features do to its answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from watchkeeper.monitoring.causes.errors import SwapBusy


@dataclass(frozen=True)
class Turn:
    """One at a time in a process: each loads a model and asks it for seconds. Who comes meanwhile is told so, since
    who waits would keep a thread from everybody else."""

    taken: Lock = field(default_factory=Lock)

    @contextmanager
    def take(self) -> Iterator[None]:
        """Raise SwapBusy."""
        if not self.taken.acquire(blocking=False):
            raise SwapBusy("Somebody else is asking a champion just now. Try again in a few seconds.")
        try:
            yield
        finally:
            self.taken.release()
