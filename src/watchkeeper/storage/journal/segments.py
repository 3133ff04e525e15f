"""One segment: written by one process, read by any, whole up to a torn tail.

Its writer holds a lock on it for as long as it lives, so a segment that can be locked is an orphan: nothing follows.
It gets its name only once it is locked, or a reader could take a new one for an orphan.
"""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from watchkeeper.serving.errors import JournalFull
from watchkeeper.serving.frames import HEADER, LARGEST, Frame, pack, pack_as_long, unpack, whole
from watchkeeper.syncing import sync_path

log = logging.getLogger(__name__)
PIECE = 8 * 2**20
MOST_BYTES = 32 * 2**20
"""Of a segment read at once, so that a backlog of large calls is taken in turns."""

MARK = b"\xdc\x00"
"""How msgpack begins a list of more than fifteen fields, which every frame is."""


class SegmentWriter:
    """Appends frames, each with one write, so that a kill leaves it whole or torn at the very end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.begun = time.monotonic()
        self._synced = 0
        self._named = False
        unnamed = path.with_suffix(".new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(unnamed, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            unnamed.rename(path)
        except OSError as error:
            unnamed.unlink(missing_ok=True)
            raise _full(error.strerror or str(error)) from None

    def append(self, *frames: Frame) -> None:
        """Raise JournalFull, with nothing of the frames left behind, when they can't be kept."""
        record = b"".join(map(pack, frames))
        try:
            written = os.write(self._file, record)
        except OSError as error:
            raise self._undone(error.strerror or str(error)) from None
        if written != len(record):
            raise self._undone("only a part of the record fitted")
        self.size += written

    def sync(self) -> None:
        """Put what was appended on the disk itself, and with the first of it the segment's name. Others may append
        meanwhile, but only one at a time may sync."""
        size = self.size
        if size == self._synced:
            return
        os.fsync(self._file)
        if not self._named:
            for directory in (self.path.parent, self.path.parent.parent):
                sync_path(directory)
            self._named = True
        self._synced = size

    def close(self) -> None:
        with suppress(OSError):
            self.sync()
        os.close(self._file)

    def _undone(self, reason: str) -> JournalFull:
        os.ftruncate(self._file, self.size)
        return _full(reason)


def _full(reason: str) -> JournalFull:
    return JournalFull(f"The call could not be recorded ({reason}), so it is not answered. Make room on the disk.")


def is_orphan(path: Path) -> bool:
    """Whether its writer is gone; so is one that is not there."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def read_frames(path: Path, start: int, *, limit: int) -> tuple[list[tuple[Frame, int]], int, bool]:
    """Up to `limit` frames from an offset on, each with its own; the offset after them; whether it is the end."""
    found: list[tuple[Frame, int]] = []
    end = start
    for offset, after, payload in _payloads(path, start):
        if len(found) >= limit or (found and end - start > MOST_BYTES):
            return found, end, False
        frame = _read(payload, path, offset)
        if frame is not None:
            found.append((frame, offset))
        end = after
    return found, end, True


def read_frame(path: Path, offset: int) -> Frame | None:
    """The frame at this offset; None where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            header = file.read(HEADER.size)
            if len(header) < HEADER.size or HEADER.unpack(header)[0] >= LARGEST:
                return None
            payload = file.read(HEADER.unpack(header)[0])
    except FileNotFoundError:
        return None
    return unpack(payload) if whole(header, payload) else None


def redact_frames(path: Path, change: Callable[[Frame], Frame | None], *, end: int) -> None:
    """Put what `change` makes of a frame in its place, in as many bytes and one write, up to an offset. Whoever appends
    is not disturbed."""
    try:
        file = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        return
    try:
        for offset, after, payload in _payloads(path, 0):
            if offset >= end:
                break
            changed = change(unpack(payload)) if payload is not None else None
            if changed is not None:
                os.pwrite(file, pack_as_long(changed, after - offset), offset)
        os.fsync(file)
    finally:
        os.close(file)


def _read(payload: memoryview | None, path: Path, offset: int) -> Frame | None:
    if payload is None:
        log.error("%s: what stood at %d is damaged and lost", path, offset)
        return None
    return unpack(payload)


def _payloads(path: Path, start: int) -> Iterator[tuple[int, int, memoryview | None]]:
    """(offset, the next one's offset, payload); None for a damaged stretch with a sound record behind it."""
    with path.open("rb") as file:
        file.seek(start)
        base, held = start, b""
        while piece := file.read(PIECE):
            held += piece
            place = 0
            view = memoryview(held)
            for payload, after in _sound_run(view, place):
                yield base + place, base + after, payload
                place = after
            if _end_of(view, place) is not None:  # all of it is there, so it is damaged
                sound = _next_sound(held, place)
                if sound is not None:
                    yield base + place, base + sound, None
                    place = sound
            base, held = base + place, held[place:]
        yield from _rest(held, base)


def _sound_run(view: memoryview, place: int) -> Iterator[tuple[memoryview, int]]:
    """The sound records from here on, each with where it ends. A journal has millions of them, so what `_sound_at` does
    is written out."""
    size, read = len(view), HEADER.unpack_from
    while place + HEADER.size <= size:
        length, check = read(view, place)
        place += HEADER.size
        payload = view[place : place + length]
        if not 0 < length < LARGEST or len(payload) != length or crc32(payload) != check:
            return
        place += length
        yield payload, place


def _rest(held: bytes, base: int) -> Iterator[tuple[int, int, memoryview | None]]:
    """What follows once no more can be read: the sound records among damage, up to a torn tail."""
    place = 0
    while (sound := _next_sound(held, place)) is not None:
        if sound > place:
            yield base + place, base + sound, None
        after = _end_of(memoryview(held), sound) or sound
        yield base + sound, base + after, memoryview(held)[sound + HEADER.size : after]
        place = after


def _next_sound(held: bytes, place: int) -> int | None:
    """Where the next undamaged record begins, looked for by the first byte that every payload has."""
    view = memoryview(held)
    if _sound_at(view, place):
        return place
    mark = held.find(MARK, place + 1)
    while mark != -1:
        if mark - HEADER.size > place and _sound_at(view, mark - HEADER.size):
            return mark - HEADER.size
        mark = held.find(MARK, mark + 1)
    return None


def _end_of(view: memoryview, place: int) -> int | None:
    """Where the record that begins here ends, if all of it is there."""
    if place + HEADER.size > len(view):
        return None
    length, _ = HEADER.unpack(view[place : place + HEADER.size])
    after: int = place + HEADER.size + length
    return after if 0 < length < LARGEST and after <= len(view) else None


def _sound_at(view: memoryview, place: int) -> bool:
    after = _end_of(view, place)
    return after is not None and whole(view[place : place + HEADER.size], view[place + HEADER.size : after])
