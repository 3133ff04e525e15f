"""What monitoring needs kept. A day is a local date, `YYYY-MM-DD`, in the deployment's time zone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from watchkeeper.datasets.ports import Datasets
from watchkeeper.experiments.ports import Experiments
from watchkeeper.labels.ports import Labels
from watchkeeper.monitoring.erasure import Erasures
from watchkeeper.monitoring.journalled import Masking
from watchkeeper.monitoring.performance.tally import Tally
from watchkeeper.monitoring.retention import Retentions
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.ports import Board, Deployments

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sheet:
    """The profiles of all watched columns over one day, for one role of one release, end to end in one vector."""

    release: int
    role: str
    day: str
    rows: int
    counts: Counts


@dataclass(frozen=True)
class UsageCell:
    """`times` counts response times in the bins of `monitoring.response_times`; the `unrecorded` were answered while
    the disk was full, and are on the day on which they came: nothing else is known of them."""

    release: int
    role: str
    by: str
    day: str
    calls: int
    rows: int
    errors: int
    milliseconds: float
    times: Counts
    unrecorded_calls: int = 0
    unrecorded_rows: int = 0


@dataclass(frozen=True)
class CallerCell:
    """What came with a key, none for those without any, on a day; `refused` are calls beyond its rate, which are not
    in the journal and among no others."""

    by: str
    day: str
    key: str
    calls: int = 0
    rows: int = 0
    errors: int = 0
    refused: int = 0


@dataclass(frozen=True)
class ViolationCell:
    release: int
    day: str
    column: str
    violation: str
    rows: int
    first: datetime
    last: datetime
    example: str


@dataclass(frozen=True)
class ScoreCell:
    """The labelled rows of one part of a day that a role of a release answered; `shared`: only those that the other
    role answered too."""

    day: str
    part: int
    release: int
    role: str
    shared: bool
    tally: Tally


class Changed(StrEnum):
    """What of a day has changed: its rows by event, its calls by arrival, its scores."""

    ROWS = "rows"
    USAGE = "usage"
    SCORES = "scores"


@dataclass(frozen=True)
class Change:
    """`times` grows with every change of that day, `at` is when the last was."""

    of: Changed
    day: str
    times: int
    at: datetime


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


class Watch(Protocol):
    """Bin sets, baselines and what has been counted."""

    def bin_sets(self, deployment: str) -> tuple[int, str] | None:
        """The newest bin sets: their number, and their definition as JSON; None before any."""
        ...

    def add_bin_sets(self, deployment: str, number: int, definition: dict[str, Any]) -> None: ...
    def baseline(self, deployment: str, model: str) -> Counts | None:
        """How the model answered its reference rows, in the deployment's bins for the prediction."""
        ...

    def add_baseline(self, deployment: str, model: str, counts: Counts) -> None: ...
    def add_sheets(self, deployment: str, sheets: Sequence[Sheet]) -> None:
        """Add to what is there."""
        ...

    def sheets(self, deployment: str, *, start: str, end: str) -> list[Sheet]:
        """Of the days from start to end, both included."""
        ...

    def rows(self, deployment: str, *, start: str, end: str) -> dict[tuple[str, str], int]:
        """Of the days from start to end, both included, how many rows each role answered: by day and role."""
        ...

    def add_usage(self, deployment: str, cells: Sequence[UsageCell]) -> None: ...
    def usage(self, deployment: str, *, by: str, start: str, end: str) -> list[UsageCell]: ...
    def add_violations(self, deployment: str, cells: Sequence[ViolationCell]) -> None: ...
    def mask_examples(self, deployment: str, column: str, word: str) -> None:
        """Of all violations of the column; the word stands there instead."""
        ...

    def forget_examples(self, deployment: str, found: Sequence[tuple[str, str, str]]) -> None:
        """Those that are a violation's (column, violation, example)."""
        ...

    def violations(self, deployment: str, *, start: str, end: str) -> list[ViolationCell]: ...
    def span(self, deployment: str, *, by: str) -> tuple[str, str] | None:
        """The first and last day with anything in it."""
        ...

    def arrivals(self, deployment: str) -> tuple[datetime | None, int]:
        """When the newest call arrived, as far as it is counted, and on how many days calls arrived."""
        ...

    def arrived(self, deployment: str, *, newest: datetime) -> None: ...
    def changed(self, deployment: str, of: Changed, days: Sequence[str], *, at: datetime) -> None:
        """Those days are to be looked at by whoever judges them."""
        ...

    def changes(self, deployment: str) -> list[Change]: ...
    def looked_at(self, deployment: str, changes: Sequence[Change]) -> None:
        """Forget these, but not what has changed again meanwhile."""
        ...

    def release_days(self, deployment: str) -> dict[int, str]:
        """The first day, by event, on which each release was called."""
        ...


class Callers(Protocol):
    """Who called."""

    def add(self, deployment: str, cells: Sequence[CallerCell]) -> None:
        """Add to what is there."""
        ...

    def of_deployment(self, deployment: str, *, by: str, start: str, end: str) -> list[CallerCell]:
        """Of the days from start to end, both included, by day."""
        ...

    def recent(self, keys: Sequence[str], *, start: str) -> list[tuple[str, CallerCell]]:
        """By arrival and from that day on: each cell of these keys, and its deployment."""
        ...

    def totals(self, keys: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """By key, of all deployments and days: how many calls, and how many refused."""
        ...


class Scores(Protocol):
    def replace_day(self, deployment: str, day: str, cells: Sequence[ScoreCell]) -> None:
        """What the day had before is gone."""
        ...

    def keep_gone(self, deployment: str, cells: Sequence[ScoreCell]) -> None:
        """Of rows that go: added to what was kept of their days before."""
        ...

    def gone(self, deployment: str, day: str) -> list[ScoreCell]:
        """What was kept of the rows of a day that have gone."""
        ...

    def cells(self, deployment: str, *, start: str, end: str, shared: bool) -> list[ScoreCell]:
        """Of the days from start to end, both included."""
        ...

    def labelled(self, deployment: str, *, start: str, end: str) -> dict[tuple[str, str], int]:
        """Of the days from start to end, both included, how many rows of each role have a label: by day and role."""
        ...


class JournalPlaces(Protocol):
    def segments(self) -> Path:
        """The directory under which each deployment has its segments."""
        ...

    def journal(self, deployment: str) -> Path:
        """The directory of the deployment's Parquet files."""
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


class Unit(Protocol):
    @property
    def lease(self) -> Lease: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def watch(self) -> Watch: ...
    @property
    def masking(self) -> Masking: ...
    @property
    def erasures(self) -> Erasures: ...
    @property
    def retentions(self) -> Retentions: ...
    @property
    def labels(self) -> Labels: ...
    @property
    def callers(self) -> Callers: ...
    @property
    def scores(self) -> Scores: ...
    @property
    def datasets(self) -> Datasets: ...
    @property
    def experiments(self) -> Experiments: ...
    @property
    def deployments(self) -> Deployments: ...
    @property
    def board(self) -> Board: ...


OpenUnit = Callable[[], AbstractContextManager[Unit]]
