"""A drift that is known: from a day on, columns are held against the rows of a stretch instead of their reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from watchkeeper.monitoring.days import spelled, spelled_period
from watchkeeper.monitoring.drift.sides import Counts


@dataclass(frozen=True)
class Accepted:
    """What a column is held against: its counts over the stretch, and of a prediction the model that answered."""

    counts: Counts = field(compare=False)
    model: str | None = None


@dataclass(frozen=True)
class Withdrawn:
    """By an entry of its own, with the next number."""

    number: int
    at: datetime
    by: str


@dataclass(frozen=True)
class Acceptance:
    """An entry that stays: it is never changed, only withdrawn.

    Attributes:
        number: grows over acceptances and withdrawals of a deployment.
        since: the first day that is held against the stretch, and the stretch's first.
        through: the stretch's last day.
        bin_sets: the number of those that the counts are of.
        columns: by name, a feature's or `prediction of the champion`.
        because: why it is no news, in the words of who accepted it.
    """

    number: int
    since: str
    through: str
    bin_sets: int
    columns: Mapping[str, Accepted]
    because: str
    at: datetime
    accepted_by: str
    withdrawn: Withdrawn | None = None

    @property
    def sentence(self) -> str:
        """`Held against 3 to 30 March 2026, accepted by ann on 31 March 2026: because the shop moved.`"""
        stretch, on = spelled_period(self.since, self.through), spelled(self.at.date().isoformat())
        return f"Held against {stretch}, accepted by {self.accepted_by} on {on}: {self.because}"


class Acceptances(Protocol):
    """Each entry is added, and none is ever changed."""

    def accept(self, deployment: str, acceptance: Acceptance) -> None: ...
    def withdraw(self, deployment: str, acceptance: Acceptance, withdrawn: Withdrawn) -> None: ...
    def all(self, deployment: str) -> list[Acceptance]:
        """Newest first, withdrawn ones too."""
        ...


def newest(acceptances: Sequence[Acceptance]) -> int:
    """The number of the last entry of either sort; 0 before any."""
    return max((each.withdrawn.number if each.withdrawn else each.number for each in acceptances), default=0)


def entry_of(acceptances: Sequence[Acceptance], day: str) -> int:
    """The number of the last entry that concerns the day."""
    return newest([each for each in acceptances if each.since <= day])


def withdrawn_since(acceptances: Sequence[Acceptance], day: str, *, number: int) -> bool:
    """Whether one that concerned the day was withdrawn by an entry after that number."""
    return any(each.since <= day and each.withdrawn and each.withdrawn.number > number for each in acceptances)


def standing(acceptances: Sequence[Acceptance], *, bin_sets: int) -> list[Acceptance]:
    """Those that hold."""
    return [each for each in acceptances if each.withdrawn is None and each.bin_sets == bin_sets]


def replaced(acceptances: Sequence[Acceptance]) -> dict[int, str]:
    """By number, the first day on which newer ones hold of all its columns, its own first day where it never holds;
    without those that hold to this day, or were withdrawn."""
    standing = sorted((each for each in acceptances if each.withdrawn is None), key=lambda each: -each.number)
    found, followed = {}, dict[str, str]()
    for each in standing:
        ends = [followed.get(name) for name in each.columns]
        days = [max(day, each.since) for day in ends if day is not None]
        if len(days) == len(ends):
            found[each.number] = max(days)
        followed |= {name: min(followed.get(name, each.since), each.since) for name in each.columns}
    return found


def on_day(acceptances: Sequence[Acceptance], day: str) -> dict[str, Acceptance]:
    """By column, the one that holds on the day: the last that was said of those that had begun."""
    found: dict[str, Acceptance] = {}
    for each in sorted(acceptances, key=lambda each: each.number):
        if each.since <= day:
            found.update(dict.fromkeys(each.columns, each))
    return found
