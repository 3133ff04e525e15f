"""How good the answers were, as far as labels have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from watchkeeper.monitoring.performance.tally import Tally


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

    def cells(self, deployment: str, *, start: str, end: str, shared: bool, role: str | None = None) -> list[ScoreCell]:
        """Of the days from start to end, both included; of one role or of both."""
        ...

    def labelled(self, deployment: str, *, start: str, end: str) -> dict[tuple[str, str], int]:
        """Of the days from start to end, both included, how many rows of each role have a label: by day and role."""
        ...
