"""How the truth is spread, as far as it has come."""

from collections.abc import Mapping
from typing import Protocol

from watchkeeper.monitoring.ports.watch import Counts
from watchkeeper.tables.bins import BinSet


class LabelCounts(Protocol):
    """Labels of the champion's rows by the day of their row, in bins of their own."""

    def bins(self, deployment: str) -> BinSet | None:
        """None before they were made."""
        ...

    def keep_bins(self, deployment: str, bins: BinSet) -> None: ...
    def replace_day(self, deployment: str, day: str, counts: Counts) -> None:
        """Of all its labels, those included whose rows have gone."""
        ...

    def keep_gone(self, deployment: str, day: str, counts: Counts) -> None:
        """Of rows that go: added to what was kept of their day before."""
        ...

    def gone(self, deployment: str, day: str) -> Counts | None: ...
    def between(self, deployment: str, *, start: str, end: str) -> Mapping[str, Counts]:
        """Of the days from start to end, both included, that have any."""
        ...
