"""A firing: one stretch of time in which a rule's signal was beyond its threshold."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class About(Enum):
    """Which column a spell is about, and which of its readings can be the worst.

    Attributes:
        FIRST: the one that was the worst when it began, and the readings that are of it.
        COUNTED: likewise, and any, since they count columns.
        WORST: the one that the worst of all readings is of.
    """

    FIRST = "first"
    COUNTED = "counted"
    WORST = "worst"


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
    """

    since: str
    opened: str
    until: str
    closed: str | None
    value: float
    worst: float
    last: float
    about: str = ""

    def overlaps(self, opened: str, closed: str | None) -> bool:
        return (closed is None or self.opened < closed) and (self.closed is None or opened < self.closed)


@dataclass(frozen=True)
class Firing:
    """A spell that was found, and what people did about it.

    Attributes:
        threshold: the rule's when it opened.
        sentence: what was wrong, with its numbers.
        found: when it was found; `ended`, when its end was.
        withdrawn: whether later data showed that there was nothing.
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
        return Spell(self.since, self.opened, self.until, self.closed, self.value, self.worst, self.last, self.about)
