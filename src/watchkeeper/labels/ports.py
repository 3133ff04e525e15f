from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from watchkeeper.labels.label import Label, Status


class Labels(Protocol):
    """A deployment's labels, and the days whose performance has to be counted anew."""

    def latest(self, deployment: str, rows: Sequence[str]) -> dict[str, float]:
        """The values that count, of those of these rows that have one."""
        ...

    def add(self, deployment: str, labels: Sequence[Label], *, corrected: Sequence[str]) -> None:
        """`corrected` are the rows that have had another value. A corrected row whose day is known makes it stale."""
        ...

    def pending(self, deployment: str, *, seen: int, limit: int) -> list[tuple[str, datetime | None]]:
        """Rows that count, whose day is not known, and that were last looked for when the journal had fewer than
        `seen` rows; and when that was. Those never looked for come first."""
        ...

    def place(self, deployment: str, days: Mapping[str, str]) -> None:
        """Say on which day each row was; the days become stale."""
        ...

    def looked_for(self, deployment: str, rows: Sequence[str], *, seen: int, at: datetime) -> None:
        """In vain, in a journal of `seen` rows."""
        ...

    def of_day(self, deployment: str, day: str) -> dict[str, float]:
        """The values that count of the rows of a day."""
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

    def status(self, deployment: str) -> Status: ...
