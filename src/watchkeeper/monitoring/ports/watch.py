"""What has been counted of a deployment's rows, day by day, and which days have changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sheet:
    """The profiles of all watched columns over one day, for one role of one release, end to end in one vector; `late`
    of the champion's rows came beyond the lateness limit."""

    release: int
    role: str
    day: str
    rows: int
    counts: Counts
    late: int = 0


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
class ViolationCell:
    release: int
    day: str
    column: str
    violation: str
    rows: int
    first: datetime
    last: datetime
    example: str


class Changed(StrEnum):
    """What of a day has changed: its rows by event, its calls by arrival, its scores, its verdicts; that it was looked
    at for faults, and what is known of these."""

    ROWS = "rows"
    USAGE = "usage"
    SCORES = "scores"
    VERDICTS = "verdicts"
    LOOKED = "looked"
    FAULTS = "faults"


@dataclass(frozen=True)
class Change:
    """`times` grows with every change of that day, `at` is when the last was."""

    of: Changed
    day: str
    times: int
    at: datetime


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
    def hold_out(self, deployment: str, model: str) -> Counts | None:
        """The inputs that the model was checked on, in the bins of the deployment's features; None before they were
        counted."""
        ...

    def keep_hold_out(self, deployment: str, model: str, counts: Counts) -> None: ...
    def add_sheets(self, deployment: str, sheets: Sequence[Sheet]) -> None:
        """Add to what is there."""
        ...

    def sheets(self, deployment: str, *, start: str, end: str, role: str | None = None) -> Iterator[Sheet]:
        """Of the days from start to end, both included, of a role or all; to be read before anything else is asked."""
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
    def violations_together(self, deployment: str, *, start: str, end: str) -> list[ViolationCell]:
        """One for each column and violation, over all these days: the newest, with the rows of all."""
        ...

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
