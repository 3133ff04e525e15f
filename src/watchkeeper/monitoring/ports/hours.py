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


class Hours(Protocol):
    def add(self, deployment: str, sheets: Sequence[HourSheet]) -> None:
        """Add to what is there."""
        ...

    def between(self, deployment: str, *, role: str, start: int, end: int) -> Iterator[HourSheet]:
        """Of the hours from start to before end, in their order; to be read before anything else is asked."""
        ...
