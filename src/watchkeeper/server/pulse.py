"""A prediction process's pulse: some shared memory in which it says that it goes on, and what it is answering.

Its supervisor reads it without asking, so it can tell a process that hangs from one that is busy, and knows afterwards
which release a process died of.
"""

import mmap
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

TICK = struct.Struct("<q")
HELD = struct.Struct("<I40s")
HOLDERS = 8
"""Threads that may answer at once."""
SIZE = TICK.size + HOLDERS * HELD.size

Numbered = tuple[str, int]
"""A release: its deployment and its number."""


class Pulse:
    """The process's own end; without a file nobody reads it."""

    def __init__(self, file: Path | None = None) -> None:
        self._memory = mmap.mmap(-1, SIZE) if file is None else _shared(file)
        self._mine = threading.local()
        self._holders = count()

    def beat(self) -> None:
        TICK.pack_into(self._memory, 0, time.monotonic_ns())

    @contextmanager
    def holding(self, held: Numbered) -> Iterator[None]:
        place = self.hold(held)
        try:
            yield
        finally:
            self.let_go(place)

    def hold(self, held: Numbered) -> int:
        """Say that this thread is at work on it; where that is written."""
        place: int | None = getattr(self._mine, "place", None)
        if place is None:
            place = self._mine.place = TICK.size + next(self._holders) % HOLDERS * HELD.size
        HELD.pack_into(self._memory, place, held[1], held[0].encode())
        return place

    def let_go(self, place: int) -> None:
        HELD.pack_into(self._memory, place, 0, b"")


def _shared(file: Path) -> mmap.mmap:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(SIZE))
    with file.open("r+b") as opened:
        return mmap.mmap(opened.fileno(), SIZE)


def beaten(file: Path) -> int:
    """When it last beat, in nanoseconds; 0 before the first time, and where nothing is there."""
    content = _content(file)
    return int(TICK.unpack_from(content, 0)[0]) if content else 0


def held(file: Path) -> set[Numbered]:
    """What is being worked on."""
    content = _content(file)
    places = range(TICK.size, SIZE, HELD.size) if content else ()
    found = (HELD.unpack_from(content, place) for place in places)
    return {(name.rstrip(b"\0").decode(errors="replace"), release) for release, name in found if release}


def _content(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except OSError:
        return b""
    return content if len(content) == SIZE else b""
