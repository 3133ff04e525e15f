"""The verdicts on days as they were issued, and what they take for granted of the reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watchkeeper.monitoring.drift.dependence import Dependence
from watchkeeper.monitoring.drift.windows import Records

PROVISIONAL = 0


@dataclass(frozen=True)
class DayVerdicts:
    """All verdicts on one day, or on the window of several days that it ends.

    Attributes:
        bin_sets: the number of those that the counts are of.
        policy: the number of the policy under which it was judged.
        release: the newest that answered on that day.
        revision: 0 while the day is not over, 1 when it is first judged after, one more each time that its counts have
            changed since.
        counted: rows of all roles that it was judged from.
        late: those of the champion's that came beyond the lateness limit.
        at: when it was judged.
        records: of shape (columns,): the features, then the prediction of champion and challenger.
        acceptance: the number of the last entry of what was accepted, or withdrawn, that concerns the day; 0 without.
        days: how many the window has.
    """

    day: str
    bin_sets: int
    policy: int
    release: int
    revision: int
    counted: int
    late: int
    at: datetime
    records: Records
    acceptance: int = 0
    days: int = 1


class Verdicts(Protocol):
    def due(self, deployment: str, *, over: str, limit: int) -> list[str]:
        """The earliest days whose counts are not those that their verdict was judged from, or that have none, or one
        from before the last entry that concerns them, or one that is provisional though they are up to the last day
        that is over."""
        ...

    def waiting(self, deployment: str, *, start: str, end: str) -> int:
        """How many of the days from start to end have no verdict, or one that is not of what is known by now. A day
        that is not over always has rows that are not judged yet."""
        ...

    def between(self, deployment: str, *, start: str, end: str) -> list[DayVerdicts]:
        """Of the days from start to end, both included, each by itself."""
        ...

    def trailing(self, deployment: str, *, start: str, end: str) -> list[DayVerdicts]:
        """Of the windows of several days that end on days from start to end, of a day the shorter ones first."""
        ...

    def issue(self, deployment: str, verdicts: Sequence[DayVerdicts]) -> None:
        """In the place of what those windows had."""
        ...

    def dependence(self, deployment: str, of: str) -> Dependence | None:
        """What was found of the reference of a model's predictions, or of the features; None before it was looked
        for."""
        ...

    def keep_dependence(self, deployment: str, of: str, found: Dependence) -> None: ...
