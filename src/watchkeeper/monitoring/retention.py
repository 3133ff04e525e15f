"""For how long, and up to how many bytes, a deployment's raw rows are kept; and what is known of those that have gone.

Only raw rows go: profiles by the day, usage, scores and labels stay. Profiles by the hour have a limit of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from watchkeeper.monitoring.errors import RetentionRefused

MOST_DAYS = 36_500
LEAST_BYTES, MOST_BYTES = 500_000_000, 10**15
"""Whole files go, and a file has up to some 130 MB."""

HOURS_KEPT, LEAST_HOURS = 400, 100
"""Days, back from the newest that has rows, for which profiles by the hour are kept; and the fewest that may be set,
since a period of ninety days is held against its season by them."""


@dataclass(frozen=True)
class Retention:
    """Rows are kept for so many `days` after they came, and while the journal's files have no more than so many
    `bytes`; None sets no end."""

    days: int | None = None
    bytes: int | None = None


EVERYTHING = Retention()


@dataclass(frozen=True)
class Said:
    """What somebody said of a deployment; `retention` is None where the installation's holds again."""

    retention: Retention | None
    since: datetime
    set_by: str


def in_force(said: Sequence[Said], *, usual: Retention) -> Retention:
    """Of all that was said, newest first, what holds; else the installation's own."""
    own = said[0].retention if said else None
    return usual if own is None else own


@dataclass(frozen=True)
class Gone:
    """What a deployment's rule has let go of, all in all.

    Attributes:
        since: every row that has come since then is kept.
        begun: when the first went.
        first, last: the event times of the oldest and the newest of them.
    """

    since: datetime
    begun: datetime
    rows: int
    bytes: int
    first: datetime
    last: datetime

    def __add__(self, more: "Gone") -> "Gone":
        return Gone(
            since=max(self.since, more.since),
            begun=min(self.begun, more.begun),
            rows=self.rows + more.rows,
            bytes=self.bytes + more.bytes,
            first=min(self.first, more.first),
            last=max(self.last, more.last),
        )


@dataclass(frozen=True)
class GoneDay:
    """How many `rows` that a role answered on that day have gone, the last of them at `at`; `late` labels of the day
    have come for rows that had gone by then, and count for nothing."""

    day: str
    role: str
    rows: int
    at: datetime
    late: int = 0


class Retentions(Protocol):
    def say(self, deployment: str, said: Said) -> None: ...
    def said(self, deployment: str) -> list[Said]:
        """All that was ever said, newest first: the first holds."""
        ...

    def gone(self, deployment: str) -> Gone | None: ...
    def let_go(self, deployment: str, more: Gone, days: Sequence[GoneDay]) -> None:
        """Add to what has gone."""
        ...

    def day(self, deployment: str, role: str, day: str) -> GoneDay | None: ...
    def came_late(self, deployment: str, day: str, labels: int) -> None:
        """So many labels for gone rows of the day have come since some last went."""
        ...

    def rows(self, deployment: str, role: str, *, start: str | None, end: str | None) -> int:
        """How many of a role's rows of the days from start to end, both included, have gone."""
        ...

    def late(self, deployment: str) -> int:
        """How many labels have come for rows that are known to have gone."""
        ...


def known_retention(days: Any, size: Any) -> Retention:
    """Raise RetentionRefused for what is no rule."""
    return Retention(
        days=_whole(days, "days", 1, MOST_DAYS, f"from 1 to {MOST_DAYS:,}"),
        bytes=_whole(size, "bytes", LEAST_BYTES, MOST_BYTES, f"from {LEAST_BYTES:,} (0.5 GB) to {MOST_BYTES:,}"),
    )


def known_hours(days: Any) -> int:
    """Raise RetentionRefused for what is no number of days that hours can be kept for."""
    found = _whole(days, "days", LEAST_HOURS, MOST_DAYS, f"from {LEAST_HOURS} to {MOST_DAYS:,}")
    return HOURS_KEPT if found is None else found


def _whole(value: Any, field: str, least: int, most: int, span: str) -> int | None:
    if value is None:
        return None
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not least <= value <= most:
        raise RetentionRefused(
            f"'{str(value)[:40]}' is no number of {field} that rows can be kept for. Give a whole number {span}, or "
            "none to set no end.",
            fields=(field,),
        )
    return int(value)
