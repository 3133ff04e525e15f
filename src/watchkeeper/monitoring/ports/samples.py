"""Rows that are kept coded to look at all columns together, and what was found of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from watchkeeper.monitoring.apart import ApartDay
from watchkeeper.monitoring.multivariate.coded_rows import DaySample, ReferenceRows


class Samples(Protocol):
    def key(self, deployment: str) -> bytes:
        """The deployment's secret by which rows are taken; made when it is first asked for."""
        ...

    def full(self, deployment: str) -> Mapping[str, int]:
        """Of days that have all the rows that are kept, the largest hash among them."""
        ...

    def add(self, deployment: str, samples: Sequence[DaySample]) -> None:
        """Merge them with what those days have."""
        ...

    def between(self, deployment: str, *, start: str, end: str) -> list[DaySample]:
        """Of the days from start to end, both included."""
        ...

    def seen(self, deployment: str) -> Mapping[str, int]:
        """Of each day that has a sample, of how many rows it is."""
        ...

    def hide(self, deployment: str, columns: Collection[int]) -> None:
        """Forget the bins of these columns in all days' rows."""
        ...

    def erase(self, deployment: str, rows: Collection[str]) -> None:
        """Those whose ids these are."""
        ...

    def let_go(self, deployment: str, days: Collection[str]) -> None:
        """All rows of these days."""
        ...

    def reference(self, deployment: str) -> ReferenceRows | None:
        """None before they were taken."""
        ...

    def keep_reference(self, deployment: str, rows: ReferenceRows) -> None: ...
    def told(self, deployment: str, *, start: str, end: str) -> list[ApartDay]:
        """What was found of the days from start to end, both included, in their order."""
        ...

    def counted(self, deployment: str) -> Mapping[str, int]:
        """Of each day of which something was found, from how many rows."""
        ...

    def tell(self, deployment: str, found: ApartDay) -> None:
        """In the place of what the day had."""
        ...
