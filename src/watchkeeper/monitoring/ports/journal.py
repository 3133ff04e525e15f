"""The journal: the files that its rows are in, the segments that they come from, and who looks after them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from watchkeeper.serving.frames import Frame


@dataclass(frozen=True)
class JournalFile:
    name: str
    role: str
    rows: int
    bytes: int
    first: datetime
    last: datetime
    made: datetime


@dataclass(frozen=True)
class Owed:
    """A call whose challenger has not answered yet: where its record is, and since when. `duplicates` are the rows
    that are retries and count for nothing."""

    call: str
    segment: str
    offset: int
    release: int
    model: str
    received: datetime
    duplicates: tuple[int, ...]


class Lease(Protocol):
    def take(self, name: str, *, holder: str, now: datetime, until: datetime) -> int | None:
        """A token greater than any before, or None while another holds it."""
        ...

    def still(self, name: str, token: int) -> bool:
        """Whether the token is the newest; locks it for this transaction."""
        ...

    def leave(self, holder: str, *, at: datetime) -> None:
        """All that a holder has that goes, or is gone: from then on anybody can take it."""
        ...


class Journal(Protocol):
    """The manifest of the journal, and how far each segment has been collected."""

    def offset(self, deployment: str, segment: str) -> int: ...
    def advance(self, deployment: str, segment: str, offset: int, *, closed: bool) -> None: ...
    def closed(self, deployment: str) -> set[str]: ...
    def forget(self, deployment: str, segment: str) -> None: ...
    def add_file(self, deployment: str, file: JournalFile) -> None: ...
    def retire_files(self, deployment: str, names: Sequence[str], *, at: datetime) -> None: ...
    def retired(self, deployment: str, *, before: datetime) -> list[str]: ...
    def drop_retired(self, deployment: str, names: Sequence[str]) -> None: ...
    def files(
        self, deployment: str, *, role: str | None = None, start: datetime | None = None, end: datetime | None = None
    ) -> list[JournalFile]: ...
    def reach(self, deployment: str) -> tuple[datetime, datetime] | None:
        """The event times of the oldest and the newest row, those that have gone by now too; None before any."""
        ...

    def size(self, deployment: str) -> tuple[int, int]:
        """Rows and bytes of the files that are read."""
        ...

    def names(self, deployment: str) -> set[str]:
        """Of all files in the manifest, retired ones too."""
        ...

    def seen(self, deployment: str, ids: Sequence[str]) -> set[str]:
        """Those of the caller's own ids that the champion has answered before."""
        ...

    def see(self, deployment: str, ids: Iterable[str], *, at: datetime) -> None: ...
    def forget_seen(self, deployment: str, *, before: datetime, limit: int) -> int:
        """Forget ids that were seen before then, so many at most; how many that was."""
        ...

    def owed(self, deployment: str, *, calls: Sequence[str] | None = None, limit: int | None = None) -> list[Owed]: ...
    def owe(self, deployment: str, owed: Sequence[Owed]) -> None: ...
    def settle(self, deployment: str, calls: Sequence[str]) -> None: ...
    def owed_count(self, deployment: str) -> int: ...


class JournalPlaces(Protocol):
    def segments(self) -> Path:
        """The directory under which each deployment has its segments."""
        ...

    def journal(self, deployment: str) -> Path:
        """The directory of the deployment's Parquet files."""
        ...

    def batch(self, batch: str) -> Path:
        """The directory of its results."""
        ...

    def model(self, model: str) -> Path: ...
    def table(self, dataset: str) -> Path: ...


class Segments(Protocol):
    """The segments of all processes, and this process's own."""

    def names(self, deployment: str) -> list[str]:
        """In the order in which they were begun."""
        ...

    def is_orphan(self, deployment: str, segment: str) -> bool:
        """Whether the process that wrote it is gone, so that nothing can follow."""
        ...

    def size(self, deployment: str, segment: str) -> int:
        """Bytes that are there by now."""
        ...

    def read(
        self, deployment: str, segment: str, start: int, *, limit: int
    ) -> tuple[list[tuple[Frame, int]], int, bool]:
        """Up to `limit` frames from an offset on, each with its own offset; the offset after them; and whether that
        is the end of what can be read (a torn tail counts as the end)."""
        ...

    def read_one(self, deployment: str, segment: str, offset: int) -> Frame | None: ...
    def append(self, frame: Frame) -> None:
        """To this process's own segment of the frame's deployment."""
        ...

    def redact(self, deployment: str, segment: str, change: Callable[[Frame], Frame | None], *, end: int) -> None:
        """Put what `change` makes of a record in its place, up to this offset; None leaves it as it is."""
        ...

    def remove(self, deployment: str, segment: str) -> None:
        """It does not come back, not even by a loss of power."""
        ...
