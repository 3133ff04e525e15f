"""A firing: one stretch of time in which a rule's signal was beyond its threshold."""

from dataclasses import dataclass, fields, replace
from datetime import datetime

from watchkeeper.monitoring.days import moved


@dataclass(frozen=True)
class Spell:
    """What the readings say, in local days.

    Attributes:
        since: the first window that was beyond.
        opened: the one with which there were enough of them.
        until: the last that was beyond.
        closed: the first with which there no longer were enough; None while there are.
        value: that of the day it opened; `worst` is the farthest of what it is about, `last` the newest.
        about: a column, where it is about one.
        columns: where it is made up of columns, the spell of each, the earliest first.
    """

    since: str
    opened: str
    until: str
    closed: str | None
    value: float
    worst: float
    last: float
    about: str = ""
    columns: "tuple[Spell, ...]" = ()

    @property
    def open(self) -> bool:
        return self.closed is None

    @property
    def going(self) -> "tuple[Spell, ...]":
        """The columns that it is made up of now; all that it was, once it is over."""
        parts = self.columns or (self,)
        return tuple(each for each in parts if each.open) if self.open else parts

    @property
    def gone(self) -> "tuple[Spell, ...]":
        """The columns that it is no longer made up of, while it goes on."""
        return tuple(each for each in self.columns if not each.open) if self.open else ()

    def up_to(self, start: str) -> "Spell":
        """As it was known on the day before: what followed is about to be read anew."""
        before = moved(start, -1)
        columns = tuple(_reopened(each, start) for each in self.columns if each.opened < start)
        return replace(self, closed=None, until=min(self.until, before), columns=columns)

    def overlaps(self, opened: str, closed: str | None) -> bool:
        return (closed is None or self.opened < closed) and (self.closed is None or opened < self.closed)


@dataclass(frozen=True)
class Firing:
    """A spell that was found, and what people did about it.

    Attributes:
        threshold: the rule's when it opened.
        sentence: what was wrong, with its numbers.
        found: when it was found; `ended`, when its end was.
        withdrawn: whether later data, or what was accepted since, left nothing of it.
        snoozed: until when nobody is to be reminded.
    """

    id: str
    rule: str
    project: str
    deployment: str
    since: str
    opened: str
    until: str
    closed: str | None
    value: float
    worst: float
    last: float
    threshold: float
    sentence: str
    found: datetime
    about: str = ""
    columns: tuple[Spell, ...] = ()
    ended: datetime | None = None
    withdrawn: bool = False
    acknowledged: datetime | None = None
    acknowledged_by: str | None = None
    note: str = ""
    snoozed: datetime | None = None

    @property
    def open(self) -> bool:
        return self.closed is None

    @property
    def spell(self) -> Spell:
        return Spell(**{each.name: getattr(self, each.name) for each in fields(Spell)})


def _reopened(column: Spell, start: str) -> Spell:
    return column if column.closed is not None and column.closed < start else column.up_to(start)
