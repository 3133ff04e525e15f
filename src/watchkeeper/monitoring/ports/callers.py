"""Who called, and how often."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


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
