"""All segments under one directory: this process's own to append to, everybody's to read."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock

from watchkeeper.serving.frames import Frame
from watchkeeper.storage.journal.segments import SegmentWriter, is_orphan, read_frame, read_frames, redact_frames
from watchkeeper.syncing import sync_path

ENDING = ".seg"
FULL = 64 * 2**20
"""Bytes from which a process begins its next segment, so that the old one can be collected and removed."""

OLD = 600.0
"""Seconds after which a process is done with a segment, however small, so that no value stays there for longer."""


class SegmentStore:
    """The Segments and Record ports over files: `<directory>/<deployment>/<begun>-<process>-<pid>.seg`, named so that
    their order is that in which they were begun."""

    def __init__(self, directory: Path, *, process: str) -> None:
        self._directory = directory
        self._process = process
        self._writers: dict[str, SegmentWriter] = {}
        self._full: list[SegmentWriter] = []
        self._lock = Lock()
        self._syncing = Lock()

    def append(self, frame: Frame) -> None:
        with self._lock:
            self._writer(frame.deployment).append(frame)

    def extend(self, frames: Sequence[Frame]) -> None:
        with self._lock:
            self._writer(frames[0].deployment).append(*frames)

    def sync(self) -> None:
        """Put everything on the disk itself, and be done with the segments that are full or old. A disk takes its time,
        and those who append don't wait for it."""
        with self._syncing:
            with self._lock:
                self._leave_old()
                full, current = list(self._full), list(self._writers.values())
            for writer in (*full, *current):
                writer.sync()
            for writer in full:
                writer.close()
            with self._lock:
                self._full = [writer for writer in self._full if writer not in full]

    def _leave_old(self) -> None:
        now = time.monotonic()
        for deployment in [each for each, writer in self._writers.items() if now - writer.begun >= OLD]:
            self._full.append(self._writers.pop(deployment))

    def close(self) -> None:
        with self._syncing, self._lock:
            for writer in (*self._full, *self._writers.values()):
                writer.close()
            self._full.clear()
            self._writers.clear()

    def names(self, deployment: str) -> list[str]:
        return sorted(path.name for path in (self._directory / deployment).glob(f"*{ENDING}"))

    def is_orphan(self, deployment: str, segment: str) -> bool:
        return is_orphan(self._path(deployment, segment))

    def read(
        self, deployment: str, segment: str, start: int, *, limit: int
    ) -> tuple[list[tuple[Frame, int]], int, bool]:
        return read_frames(self._path(deployment, segment), start, limit=limit)

    def read_one(self, deployment: str, segment: str, offset: int) -> Frame | None:
        return read_frame(self._path(deployment, segment), offset)

    def redact(self, deployment: str, segment: str, change: Callable[[Frame], Frame | None], *, end: int) -> None:
        redact_frames(self._path(deployment, segment), change, end=end)

    def size(self, deployment: str, segment: str) -> int:
        """Bytes that are there by now."""
        return self._path(deployment, segment).stat().st_size

    def remove(self, deployment: str, segment: str) -> None:
        path = self._path(deployment, segment)
        path.unlink(missing_ok=True)
        with suppress(FileNotFoundError):  # all of the deployment's are gone
            sync_path(path.parent)

    def _writer(self, deployment: str) -> SegmentWriter:
        writer = self._writers.get(deployment)
        if writer is None or writer.size >= FULL:
            fresh = SegmentWriter(self._next(deployment))
            if writer is not None:
                self._full.append(writer)
            writer = self._writers[deployment] = fresh
        return writer

    def _path(self, deployment: str, segment: str) -> Path:
        return self._directory / deployment / segment

    def _next(self, deployment: str) -> Path:
        return self._directory / deployment / f"{time.time_ns():020d}-{self._process}-{os.getpid()}{ENDING}"
