"""What the platform's processes and their machine consume, as it was measured, and how measures are put together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

MACHINE = "machine"
"""The name under which the machine itself stands among the processes."""


class Grain(StrEnum):
    """How finely samples are kept: each one, the ten minutes, the day (of UTC)."""

    SAMPLE = "sample"
    TEN_MINUTES = "ten_minutes"
    DAY = "day"


KEPT = {Grain.SAMPLE: timedelta(hours=24), Grain.TEN_MINUTES: timedelta(days=30), Grain.DAY: timedelta(days=730)}
LENGTHS = {Grain.TEN_MINUTES: timedelta(minutes=10), Grain.DAY: timedelta(days=1)}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Measured:
    """The mean and the highest of `count` measurements."""

    mean: float
    highest: float
    count: int = 1

    @classmethod
    def once(cls, value: float) -> "Measured":
        return cls(value, value)

    def __add__(self, other: "Measured") -> "Measured":
        count = self.count + other.count
        mean = (self.mean * self.count + other.mean * other.count) / count
        return Measured(mean, max(self.highest, other.highest), count)


@dataclass(frozen=True)
class Sample:
    """A process at a moment, or over the bucket that begins then. What could not be measured is not in `measures`.

    Of a process: `cpu` (processors kept busy: 1 is one whole), `memory` (resident bytes), `files`, `threads`, `read`
    and `written` (bytes a second). Of the machine: `cpu`, `processors`, `load`, `memory`, `memory_total`, `swap`,
    `swap_total`, `disk`, `disk_total` (bytes used and there), and with a GPU `gpu`, `gpu_memory`, `gpu_memory_total`.
    `pid` is 0 for the machine, and for a day, over which the processes of a name are taken together.
    """

    at: datetime
    process: str
    pid: int
    measures: Mapping[str, Measured]

    def mean(self, measure: str) -> float | None:
        found = self.measures.get(measure)
        return found.mean if found else None


def bucket_of(at: datetime, grain: Grain) -> datetime:
    """When the bucket with this moment begins."""
    return at - (at - EPOCH) % LENGTHS[grain]


def thinned(samples: Iterable[Sample], grain: Grain) -> list[Sample]:
    """One for each bucket and process (of a pid, within ten minutes), in the order of time.

    Any two ways of putting the same samples together give the same: means weigh by their counts.
    """
    buckets: dict[tuple[datetime, str, int], dict[str, Measured]] = {}
    for each in samples:
        pid = each.pid if grain is Grain.TEN_MINUTES else 0
        measures = buckets.setdefault((bucket_of(each.at, grain), each.process, pid), {})
        for name, measured in each.measures.items():
            measures[name] = measures[name] + measured if name in measures else measured
    return [Sample(*key, measures) for key, measures in sorted(buckets.items(), key=lambda pair: pair[0])]
