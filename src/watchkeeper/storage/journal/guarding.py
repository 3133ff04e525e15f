"""A process's record of its calls on a disk that can be full; what becomes of a call then, the installation says."""

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from watchkeeper.health.disk import Disk, MeasureDisk, WhenFull, nothing_known
from watchkeeper.serving.errors import JournalFull
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.ports import Record
from watchkeeper.storage.journal.unrecorded import Unrecorded, left_behind

log = logging.getLogger(__name__)
INHERIT_EVERY = 20
"""Syncs."""
REMEMBERED = 50_000
"""Calls that were not recorded of which it is known that nothing is owed to them."""


class Guarded:
    """The Record port over another one. Whenever it is synced, it looks at the disk."""

    def __init__(
        self,
        record: Record,
        *,
        disk: MeasureDisk = nothing_known,
        unrecorded: Unrecorded | None = None,
        heritage: Path | None = None,
    ) -> None:
        """`heritage` is the directory of the tallies, where those of processes that are gone are found."""
        self._record = record
        self._disk = disk
        self._tally = Unrecorded() if unrecorded is None else unrecorded
        self._lock = Lock()
        self._lost: dict[str, None] = {}
        self._found: Disk | None = None
        self._shut = False
        self._heritage = heritage
        self._syncs = 0
        self._look()

    def unrecorded(self) -> tuple[int, int]:
        """Calls and rows that this process answered without recording them."""
        return self._tally.calls, self._tally.rows

    def append(self, frame: Frame) -> None:
        self.extend((frame,))

    def extend(self, frames: Sequence[Frame]) -> None:
        """What another model says beside calls that were not recorded is not either, and nobody waits for it."""
        unseen = frames[0].unseen
        if self._lost and unseen:
            frames = [frame for frame in frames if frame.call not in self._lost]
            if not frames:
                return
        try:
            if self._shut:
                raise self._refusal()
            self._record.extend(frames)
        except JournalFull:
            if not self._answers or unseen:
                raise
            self._count(frames)

    def sync(self) -> None:
        self._record.sync()
        self._look()
        if self._shut:
            return
        with self._lock:
            self._tell(self._tally)
        if self._heritage is not None and self._syncs % INHERIT_EVERY == 0:
            self._inherit(self._heritage)
        self._syncs += 1

    def close(self) -> None:
        self._record.close()

    @property
    def _answers(self) -> bool:
        return self._found is not None and self._found.when_full is WhenFull.ANSWER

    def _look(self) -> None:
        self._found = self._disk()
        shut = self._found is not None and self._found.full
        if shut and not self._shut:
            log.error("%s", self._found.sentence if self._found else "")
        self._shut = shut

    def _count(self, frames: Sequence[Frame]) -> None:
        with self._lock:
            for frame in frames:
                self._tally.count(frame)
                self._lost[frame.call] = None
            while len(self._lost) > REMEMBERED:
                del self._lost[next(iter(self._lost))]

    def _inherit(self, directory: Path) -> None:
        for path, tally in left_behind(directory):
            if self._tell(tally):
                path.unlink(missing_ok=True)
            tally.close()

    def _tell(self, tally: Unrecorded) -> bool:
        """Record how many were not, as soon as there is room."""
        if tally.empty:
            return True
        frames = tally.told()
        try:
            for frame in frames:
                self._record.append(frame)
        except JournalFull as full:
            log.warning("what was not recorded can't be said yet: %s", full.message)
            return False
        self._record.sync()
        tally.forget(frames)
        return True

    def _refusal(self) -> JournalFull:
        left = self._found.sentence if self._found else "The disk is full."
        return JournalFull(f"The call is not recorded, so it is not answered. {left} Make room on the disk.")
