"""What a signal is: a number about a deployment, by day or of this moment, that can be too much."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from watchkeeper.alerts.ports import Unit
from watchkeeper.alerts.rule import Reading, Rule
from watchkeeper.health.disk import Disk
from watchkeeper.monitoring.ports import Changed, JournalPlaces
from watchkeeper.serving.deployment import Deployment


class Measure(StrEnum):
    """What a signal's number is, so that it can be said."""

    DISTANCE = "distance"
    TIMES_USUAL = "times the usual"
    SHARE = "share"
    MILLISECONDS = "ms"
    HOURS = "hours"
    OVERDUE = "overdue"
    SECONDS = "seconds"
    METRIC = "metric"
    COUNT = "count"
    COLUMNS = "columns"
    FAULTS = "faults"


@dataclass(frozen=True)
class Question:
    """What a signal is read for."""

    deployment: Deployment
    rule: Rule
    work: Unit
    places: JournalPlaces
    now: datetime
    disk: Disk | None = None


def _always(metric: str | None) -> bool:
    del metric
    return True


def _nothing(rule: Rule) -> int:
    del rule
    return 0


Read = Callable[[Question, str, str], Sequence[Reading]]


@dataclass(frozen=True)
class Signal:
    """`read(question, start, end)` gives a reading for each of the days that has one.

    Attributes:
        headline: what a firing says before its numbers; `{about}`, `{metric}` and `{surely}` are filled in.
        of: what changes it: rows, usage or scores; nothing for one that is of this moment alone, whose one reading is
            today's.
        above: whether too much is above the threshold.
        partial: whether a day that is not over yet is judged already.
        reach: how many days before a changed one it can change.
        by_column: whether its readings are of columns, of each of which a firing says since when.
        metrics: whether it has several, among which a rule chooses.
        heals: whether what was beyond and is no longer, was so nevertheless: the labels were missing until they came.
    """

    name: str
    title: str
    headline: str
    measure: Measure
    read: Read
    of: frozenset[Changed] = frozenset()
    above: Callable[[str | None], bool] = _always
    partial: bool = False
    reach: Callable[[Rule], int] = _nothing
    by_column: bool = False
    metrics: bool = False
    heals: bool = False

    @property
    def momentary(self) -> bool:
        return not self.of

    @property
    def counts(self) -> bool:
        """Whether its number is how many columns it is of."""
        return self.measure in {Measure.COLUMNS, Measure.FAULTS}
