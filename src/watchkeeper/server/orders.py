"""What the supervisor tells a process after its start, over the process's standard input, and how that answers.

supervisor                          process
settings, its listening socket  ->
                                <-  ready, or what it lacks          (only where it is held)
serve                           ->  takes connections                (only where it is held)
drain                           ->  takes no more, ends when those that are there are answered
end of input                    ->  its parent is gone: ends
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from threading import Event, Thread

SERVE, DRAIN = b"serve", b"drain"
STANDARD_INPUT = 0
GRACE = 12.0
LOOK_EVERY = 0.05
CATCHES_UP_WITHIN = 1.0
"""Seconds for what has changed since it was ready, the death of the process before it among that."""


class Orders:
    """`held` is the descriptor on which a process says how it stands, and then waits to be told to serve."""

    def __init__(self, held: int | None = None) -> None:
        self._held = held
        self._serve, self._drain = Event(), Event()

    @property
    def serving(self) -> bool:
        """Whether it is the one of its name."""
        return (self._held is None or self._serve.is_set()) and not self.draining

    @property
    def draining(self) -> bool:
        return self._drain.is_set()

    def follow(self, lines: Iterator[bytes]) -> None:
        """Read on beside everything else."""
        Thread(target=self._follow, args=(lines,), daemon=True).start()

    async def permission(self, lacking: Callable[[], str | None]) -> None:
        """Return once this process may serve. `lacking` says what it lacks beside the process that it replaces, None
        while that can't be said."""
        if self._held is None:
            return
        while (said := await asyncio.to_thread(lacking)) is None:  # noqa: ASYNC110  (nobody tells)
            await asyncio.sleep(LOOK_EVERY)
        os.write(self._held, f"{said}\n".encode())
        os.close(self._held)
        while not self._serve.is_set():  # noqa: ASYNC110  (it is set in a thread)
            await asyncio.sleep(LOOK_EVERY)
        until = time.monotonic() + CATCHES_UP_WITHIN
        while await asyncio.to_thread(lacking) is None and time.monotonic() < until:  # noqa: ASYNC110  (nobody tells)
            await asyncio.sleep(LOOK_EVERY)

    def _follow(self, lines: Iterator[bytes]) -> None:
        for line in lines:
            {SERVE: self._serve, DRAIN: self._drain}.get(line, Event()).set()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)


def lines_of(descriptor: int) -> Iterator[bytes]:
    """As they come. Not through sys.stdin, whose lock a thread that waits would hold while the interpreter ends."""
    held = b""
    while piece := os.read(descriptor, 65_536):
        *whole, held = (held + piece).split(b"\n")
        yield from whole
