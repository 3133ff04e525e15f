"""What has been counted of a deployment's rows apart, segment by segment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from watchkeeper.monitoring.compact import Counts, unpacked
from watchkeeper.monitoring.segment import Segmented, SegmentSaid


@dataclass(frozen=True)
class SegmentSheet:
    """As a day's sheet, of one segment, its counts packed; `number` is that of the column, `place` the segment's."""

    number: int
    place: int
    release: int
    role: str
    day: str
    rows: int
    packed: bytes

    @property
    def counts(self) -> Counts:
        return unpacked(self.packed)


@dataclass(frozen=True)
class SegmentList:
    """All segments of a period as the worker judged them, from so many rows; `days` is how far back it was to look."""

    number: int
    days: int
    start: str
    end: str
    counted: int
    at: datetime
    found: dict[str, Any]


@dataclass(frozen=True)
class SegmentAsked:
    """A period whose list somebody has asked for: `found` as the worker judged it from so many rows, None before."""

    number: int
    start: str
    end: str
    asked: datetime
    counted: int | None = None
    at: datetime | None = None
    found: dict[str, Any] | None = None


class SegmentCounts(Protocol):
    """Which column is the segment, and what is counted by it."""

    def say(self, deployment: str, said: SegmentSaid) -> None: ...
    def said(self, deployment: str) -> list[SegmentSaid]:
        """All that was ever said, newest first: the first holds."""
        ...

    def columns(self, deployment: str) -> list[Segmented]:
        """All that have ever been the segment, by number."""
        ...

    def keep_column(self, deployment: str, column: Segmented) -> None:
        """New, or in the place of what was kept under its number."""
        ...

    def add(self, deployment: str, sheets: Sequence[SegmentSheet]) -> None:
        """Add to what is there."""
        ...

    def sheets(
        self, deployment: str, number: int, *, start: str, end: str, place: int | None = None
    ) -> Iterator[SegmentSheet]:
        """Of the days from start to end, both included, of one segment or all; to be read before anything else is
        asked."""
        ...

    def rows(self, deployment: str, number: int, *, start: str, end: str) -> dict[int, int]:
        """How many rows the champion answered in each segment."""
        ...

    def size(self, deployment: str, number: int, *, start: str, end: str) -> int:
        """How many sheets of all roles there are."""
        ...

    def keep_reference(self, deployment: str, number: int, of: str, counts: Sequence[tuple[int, Counts]]) -> None:
        """The reference's counts by place: of the features, or of the predictions of the model of that id."""
        ...

    def reference(self, deployment: str, number: int, of: str) -> dict[int, Counts] | None:
        """None where nobody has counted it."""
        ...

    def has_reference(self, deployment: str, number: int, of: str) -> bool:
        """Whether somebody has counted it."""
        ...

    def keep_list(self, deployment: str, found: SegmentList) -> None:
        """In the place of that of the same column that looks as far back."""
        ...

    def lists(self, deployment: str, number: int) -> list[SegmentList]: ...
    def forget_lists(self, deployment: str, number: int) -> None:
        """Also those that were asked for."""
        ...

    def ask(self, deployment: str, number: int, *, start: str, end: str, at: datetime) -> None:
        """Somebody waits for the list of this period, now."""
        ...

    def asked(self, deployment: str) -> list[SegmentAsked]:
        """Of all columns, who waits longest first."""
        ...

    def answer(self, deployment: str, answered: SegmentAsked) -> None:
        """In the place of what was told before; nothing, where it is not asked for any more."""
        ...

    def forget_asked(self, deployment: str, *, before: datetime) -> None:
        """What nobody has asked for since."""
        ...
