"""What has been counted of a deployment's rows, hour by hour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from watchkeeper.monitoring.compact import Counts, unpacked


@dataclass(frozen=True)
class HourSheet:
    """As a day's sheet, its counts packed; `hour` is in hours since 1970, UTC."""

    release: int
    role: str
    hour: int
    rows: int
    packed: bytes

    @property
    def counts(self) -> Counts:
        return unpacked(self.packed)


@dataclass(frozen=True)
class DayBlocks:
    """When the rows of a local day happened, by blocks of three hours on its clock.

    Attributes:
        rows: of shape (8,).
        missing: how many of them miss a value, of shape (8, columns): the features', then the prediction's.
    """

    day: str
    release: int
    role: str
    rows: Counts
    missing: Counts


class Hours(Protocol):
    def add(self, deployment: str, sheets: Sequence[HourSheet]) -> None:
        """Add to what is there."""
        ...

    def between(self, deployment: str, *, role: str, start: int, end: int) -> Iterator[HourSheet]:
        """Of the hours from start to before end, in their order; to be read before anything else is asked."""
        ...

    def newest(self, deployment: str, *, role: str) -> int | None:
        """The last hour in which a row that counts happened; None before any."""
        ...

    def let_go(self, deployment: str, *, before: int, limit: int) -> int:
        """Of the earliest hours before that one, at most so many; how many those were."""
        ...

    def keep_blocks(self, deployment: str, blocks: Sequence[DayBlocks]) -> None:
        """In the place of what their days had."""
        ...

    def blocks(self, deployment: str, *, start: str, end: str) -> dict[str, list[DayBlocks]]:
        """By day, of those from start to end, both included, whose rows have been looked at."""
        ...
