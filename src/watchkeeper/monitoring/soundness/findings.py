"""Which faults were found in a deployment's days, and since when."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from watchkeeper.monitoring.days import days_between, moved, spelled, told_of
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.recognising import UNKNOWN
from watchkeeper.monitoring.ports import LookedDay, Unit
from watchkeeper.monitoring.soundness.faulting import hidden_columns
from watchkeeper.serving.deployment import Deployment

DAYS_BEFORE = 60
"""Before the period, in which a fault is followed back to its first day."""


@dataclass(frozen=True)
class Finding:
    """A fault, as it was told last, and the days from the `first` to the `last` on which it was found."""

    fault: Fault
    first: str
    last: str

    def plain(self) -> dict[str, Any]:
        return {**self.fault.plain(), "first": self.first, "last": self.last}


@dataclass(frozen=True)
class Findings:
    """Of a period.

    Attributes:
        looked: its days that were looked at, having given occasion to.
        items: what was found, the newest first.
        newest: the last of its days that is over and was come to; None where none was.
        untold: those of the days of which nothing can be told, with why.
        hidden: the inputs that are not journalled in full, so that no value of theirs is looked at.
        waiting: how many of its days are over and were not come to yet.
    """

    looked: tuple[LookedDay, ...] = ()
    items: tuple[Finding, ...] = ()
    newest: str | None = None
    hidden: frozenset[str] = frozenset()
    waiting: int = 0

    @property
    def untold(self) -> tuple[LookedDay, ...]:
        return tuple(each for each in self.looked if each.why)

    def goes_on(self, finding: Finding) -> bool:
        """Whether it was still found on the newest day."""
        return finding.last == self.newest

    def of(self, column: str) -> Finding | None:
        """The first that concerns a column."""
        return next((each for each in self.items if column in each.fault.columns), None)

    def within(self, start: str, end: str) -> Self:
        """What was found on these days, or on some of them: what holds most of them first, then the newest."""

        def days(each: Finding) -> int:
            return len(days_between(max(each.first, start), min(each.last, end)))

        items = [each for each in self.items if each.first <= end and each.last >= start]
        items.sort(key=days, reverse=True)
        looked = tuple(day for day in self.looked if start <= day.day <= end)
        return replace(self, items=tuple(items), looked=looked)

    def tell_of(self, column: str) -> bool:
        """Whether it is known if a column is at fault: one was found, or rows were looked at where it gave occasion."""
        if column in self.hidden:
            return self.of(column) is not None
        return self.of(column) is not None or any(column in day.columns and day.rows for day in self.looked)


def findings_of(deployment: Deployment, *, start: str, end: str, work: Unit) -> Findings:
    looked = work.looks.between(deployment.id, start=moved(start, -DAYS_BEFORE), end=end)
    within = tuple(day for day in looked if day.day >= start and (day.columns or day.why))
    newest = looked[-1].day if looked and looked[-1].day >= start else None
    found = tuple(each for each in found_in(looked) if each.last >= start)
    waiting = work.looks.waiting(deployment.id, start=start, end=end)
    return Findings(within, found, newest, frozenset(hidden_columns(deployment, work=work)), waiting)


def found_in(looked: Sequence[LookedDay]) -> list[Finding]:
    """Of days in their order, the newest first. What was not found on a day between, or where none was looked for, is
    another one after it."""
    going: dict[tuple[Hashable, ...], Finding] = {}
    ended: list[Finding] = []
    for day in looked:
        now = {each.same: each for each in day.faults}
        ended += [going.pop(key) for key in [*going] if key not in now]
        for key, fault in now.items():
            going[key] = Finding(fault, going[key].first if key in going else day.day, day.day)
    return sorted([*ended, *going.values()], key=lambda each: (each.last, each.first), reverse=True)


def told(finding: Finding) -> str:
    """As it stands behind what is said of a drift: its numbers are of one day."""
    said, day = finding.fault.sentence, spelled(finding.last)
    if finding.fault.name == UNKNOWN:
        return f"Whether the data broke is not known: on {day}, {said}"
    return f"It looks like a fault of the data ({finding.fault.name}) {told_of(finding.first, finding.last)}: {said}"
