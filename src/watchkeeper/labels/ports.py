from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from watchkeeper.labels.label import Label, Status


class Labels(Protocol):
    """A deployment's labels, and the days whose performance has to be counted anew."""

    def hold(self, deployment: str) -> None:
        """Until this transaction ends, nobody else changes this deployment's labels or says which days are stale.
        Whoever changes them asks for it first."""
        ...

    def latest(self, deployment: str, rows: Sequence[str]) -> dict[str, float]:
        """The values that count, of those of these rows that have one."""
        ...

    def add(self, deployment: str, labels: Sequence[Label], *, corrected: Sequence[str]) -> None:
        """`corrected` are the rows that have had another value. A corrected row whose day is known makes it stale."""
        ...

    def pending(self, deployment: str, *, limit: int, before: datetime | None = None) -> list[str]:
        """Rows that were not looked for yet, in the order in which their labels came; those alone that came before."""
        ...

    def place(self, deployment: str, days: Mapping[str, str]) -> None:
        """Say on which day each row was; the days become stale on which a row has a label without a day."""
        ...

    def looked_for(self, deployment: str, rows: Sequence[str], *, at: datetime) -> None:
        """In vain: from here on they wait for their row to be collected."""
        ...

    def of_day(self, deployment: str, day: str, *, since: datetime | None = None) -> dict[str, float]:
        """The values that count of the rows of a day; those alone that have come since."""
        ...

    def touch(self, deployment: str, days: Sequence[str]) -> None:
        """Make those of the days stale on which a row has a label."""
        ...

    def stale(self, deployment: str, *, limit: int) -> list[str]: ...
    def freshen(self, deployment: str, day: str) -> None: ...
    def history(self, deployment: str, row: str) -> list[Label]:
        """Newest first."""
        ...

    def all(self, deployment: str, *, after: str, limit: int) -> list[Label]:
        """Those that count, in order of their row's id, after this one."""
        ...

    def erase(self, deployment: str, rows: Sequence[str]) -> int:
        """All that was ever said of these rows; of how many there was something. Their days become stale."""
        ...

    def status(self, deployment: str) -> Status: ...
    def unmatched(self, deployment: str, *, since: Sequence[datetime]) -> list[int]:
        """How many of the labels without a row came since each of these moments."""
        ...
