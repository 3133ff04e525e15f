"""The tally of calls that were answered and not recorded, since the disk was full.

It is kept in a file that had its room before the disk was full, and that its process holds a lock on: one that is
killed leaves it to whoever finds it without. As soon as there is room, what it says becomes frames.
"""

import fcntl
import logging
import mmap
import os
import struct
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from watchkeeper.serving.errors import JournalFull
from watchkeeper.serving.frames import Frame

log = logging.getLogger(__name__)
SLOT = struct.Struct("<QQQQI40s40s12s")
"""Number (0: free), calls, rows, the stretch of time, release, deployment, model, role."""
SLOTS = 512
ENDING = ".unrecorded"
SIZE = SLOTS * SLOT.size
STRETCH = 900 * 10**9
"""Nanoseconds; a stretch lies within one day in every time zone."""

Slot = tuple[int, int, int, int, int, bytes, bytes, bytes]
Key = tuple[int, int, str, str, str]


class Unrecorded:
    """Not to be used by two threads at once. Without a file it is lost with its process."""

    def __init__(self, memory: mmap.mmap | None = None) -> None:
        self._memory = mmap.mmap(-1, SIZE) if memory is None else memory
        self._places = {_key(slot): place for place, slot in self._slots() if slot[0]}
        self.calls, self.rows = 0, 0
        self.file: int | None = None

    def close(self) -> None:
        self._memory.close()
        if self.file is not None:
            os.close(self.file)

    @property
    def empty(self) -> bool:
        return not self._places

    def count(self, frame: Frame) -> None:
        """Raise JournalFull where there is no place for it: it is not to be answered then."""
        key = (frame.received // STRETCH, frame.release, frame.deployment, frame.model, frame.role)
        place = self._places.get(key)
        if place is None:
            place = self._begun(key)
        number, calls, rows, *rest = SLOT.unpack_from(self._memory, place)
        SLOT.pack_into(self._memory, place, number, calls + 1, rows + len(frame.ids), *rest)
        self.calls += 1
        self.rows += len(frame.ids)

    def told(self) -> list[Frame]:
        """What is to be recorded of it; the same frames each time until they are forgotten."""
        return [_frame(slot) for _, slot in self._slots() if slot[0]]

    def forget(self, frames: Sequence[Frame]) -> None:
        gone = {frame.call for frame in frames}
        for place, slot in self._slots():
            if slot[0] and _frame(slot).call in gone:
                SLOT.pack_into(self._memory, place, *[0] * 5, b"", b"", b"")
        self._places = {key: p for key, p in self._places.items() if SLOT.unpack_from(self._memory, p)[0]}

    def _begun(self, key: Key) -> int:
        place = next((place for place, slot in self._slots() if not slot[0]), None)
        if place is None:
            raise JournalFull(
                "Too much could not be recorded already, so the call is not answered. Make room on the disk."
            )
        stretch, release, *texts = key
        SLOT.pack_into(self._memory, place, time.time_ns(), 0, 0, stretch, release, *[each.encode() for each in texts])
        self._places[key] = place
        return place

    def _slots(self) -> Iterator[tuple[int, Slot]]:
        for place in range(0, SIZE, SLOT.size):
            yield place, SLOT.unpack_from(self._memory, place)


def _key(slot: Slot) -> Key:
    _, _, _, stretch, release, deployment, model, role = slot
    return stretch, release, _text(deployment), _text(model), _text(role)


def _frame(slot: Slot) -> Frame:
    number, calls, rows, stretch, release, deployment, model, role = slot
    return Frame(
        kind="unrecorded",
        deployment=_text(deployment),
        release=release,
        role=_text(role),
        model=_text(model),
        key="",
        call=f"unrecorded-{number}",
        received=stretch * STRETCH,
        milliseconds=0.0,
        unrecorded=(calls, rows),
    )


def _text(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode()


def begun(path: Path) -> Unrecorded:
    """A new tally in this file. Its blocks are written, not only promised: a page that found none on a full disk would
    end the process."""
    unnamed = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unnamed.write_bytes(bytes(SIZE))
        tally = _opened(unnamed)
        unnamed.replace(path)
    except OSError:
        log.exception("%s can't be had: what is not recorded is forgotten when this process ends", path)
        unnamed.unlink(missing_ok=True)
        return Unrecorded()
    return Unrecorded() if tally is None else tally


def left_behind(directory: Path) -> Iterator[tuple[Path, Unrecorded]]:
    """The tallies whose processes are gone; each is to be removed by whoever has told it."""
    for path in sorted(directory.glob(f"*{ENDING}")):
        try:
            tally = _opened(path)
        except OSError:
            continue
        if tally is not None:
            yield path, tally


def _opened(path: Path) -> Unrecorded | None:
    """With a lock that ends with this process; None where another holds it."""
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    if os.fstat(file).st_size != SIZE:
        os.close(file)
        return None
    tally = Unrecorded(mmap.mmap(file, SIZE))
    tally.file = file
    return tally
