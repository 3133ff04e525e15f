"""Where each process writes its figures, and finds those of the others.

A process counts in its own memory and writes what it has counted to a small file once a second; whoever is asked reads
all of these files, so that one answer holds every process, whichever of them it came to.
"""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock

import msgspec

from watchkeeper.server.figures import Sample

SUFFIX = ".figures"
TELL_EVERY = 1.0
KEPT_FOR = 600.0
"""Seconds after which a process that is silent is taken for one that there is no more."""
OPEN_FILES, PAGES_HELD = Path("/proc/self/fd"), Path("/proc/self/statm")


class Told(msgspec.Struct, frozen=True):
    """What a process said of itself; `begun` is when it began to, in seconds since 1970."""

    process: str
    begun: float
    samples: list[Sample]


class Begun(msgspec.Struct, frozen=True):
    """As much as is to be known of an earlier word."""

    begun: float


class Notices:
    """The files of all processes; without a directory only this process's own last word. One that is not the one of its
    name, as `speaks` says, has no word there."""

    def __init__(
        self, process: str, directory: Path | None = None, *, speaks: Callable[[], bool] = lambda: True
    ) -> None:
        self._process = process
        self._directory = directory
        self._speaks = speaks
        self._begun = time.time()
        self._mine = Told(process, self._begun, [])
        self._telling = Lock()

    def tell(self, samples: Iterable[Sample]) -> None:
        """In one go: who reads sees all of it, or what was there before. A process that is being replaced, and still
        has calls to answer, leaves the word to the newer one of its name."""
        self._mine = Told(self._process, self._begun, [*samples, *of_process()])
        if self._directory is None or not self._speaks():
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        file = self._directory / f"{self._process}{SUFFIX}"
        fresh = file.with_suffix(f"{SUFFIX}.new")
        with self._telling:
            if self._replaced(file):
                return
            fresh.touch(mode=0o600)
            fresh.write_bytes(msgspec.msgpack.encode(self._mine))
            fresh.replace(file)

    def all(self) -> list[Told]:
        """By process. What can't be read, and of processes that there are no more, is left out."""
        if self._directory is None:
            return [self._mine]
        found = {told.process: told for file in self._directory.glob(f"*{SUFFIX}") if (told := _read(file))}
        mine = found.get(self._process)
        if mine is None or mine.begun <= self._begun:
            found[self._process] = self._mine
        return [told for _, told in sorted(found.items())]

    def _replaced(self, file: Path) -> bool:
        try:
            return msgspec.msgpack.decode(file.read_bytes(), type=Begun).begun > self._begun
        except (OSError, msgspec.DecodeError):
            return False


def of_process() -> list[Sample]:
    """This process's memory, processor time and open files, as of now."""
    used = os.times()
    pages = int(PAGES_HELD.read_text(encoding="ascii").split()[1])
    return [
        Sample("watchkeeper_process_silent_seconds", (), time.time()),
        Sample("watchkeeper_process_resident_memory_bytes", (), pages * os.sysconf("SC_PAGE_SIZE")),
        Sample("watchkeeper_process_cpu_seconds_total", (), used.user + used.system),
        Sample("watchkeeper_process_open_fds", (), len(list(OPEN_FILES.iterdir()))),
    ]


def _read(file: Path) -> Told | None:
    try:
        if time.time() - file.stat().st_mtime > KEPT_FOR:
            return None
        return msgspec.msgpack.decode(file.read_bytes(), type=Told)
    except (OSError, msgspec.DecodeError):
        return None
