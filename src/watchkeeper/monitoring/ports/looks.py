"""What was found where a day's rows were looked at for faults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from watchkeeper.monitoring.integrity.fault import Fault


@dataclass(frozen=True)
class Repeated:
    """So many `rows` of a day hold a value that another one held before; `at_least`, where not all were read."""

    rows: int
    at_least: bool = False


@dataclass(frozen=True)
class LookedDay:
    """A day that is over, and what was recognised in its rows: names, numbers and words of what broke, and no row.

    Attributes:
        revision: that of the day's verdicts when it was looked at.
        columns: those that gave occasion to look; none on a day without.
        rows: how many were looked at.
        why: why nothing can be told, where there was occasion; else empty.
        repeated: of the inputs that no two rows should have alike.
    """

    day: str
    revision: int
    at: datetime
    columns: tuple[str, ...] = ()
    rows: int = 0
    faults: tuple[Fault, ...] = ()
    why: str = ""
    repeated: Mapping[str, Repeated] = field(default_factory=dict)


class Looks(Protocol):
    def due(self, deployment: str, *, limit: int) -> list[str]:
        """The earliest days that are over and have not been looked at since their verdicts were issued, those first
        that never were."""
        ...

    def waiting(self, deployment: str, *, start: str, end: str) -> int:
        """How many days that are over, from start to end, were never looked at."""
        ...

    def between(self, deployment: str, *, start: str, end: str) -> list[LookedDay]:
        """Of the days from start to end, both included, in their order."""
        ...

    def keep(self, deployment: str, looked: Sequence[LookedDay]) -> None:
        """In the place of what was known of those days."""
        ...

    def forget(self, deployment: str, column: str) -> None:
        """All faults that concern the column."""
        ...
