"""Who calls: a deployment's callers by day, and how much each key is used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.monitoring.days import moved, today
from watchkeeper.monitoring.ports import CallerCell, Unit
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.serving.deployment import Deployment

RECENT = 30


@dataclass(frozen=True)
class Called:
    """`refused` are calls beyond the key's rate, which are no calls otherwise: nothing was asked of a model."""

    calls: int = 0
    rows: int = 0
    errors: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Calling:
    """What came with one key, none for those without any."""

    key: str
    total: Called
    days: tuple[tuple[str, Called], ...]


@dataclass(frozen=True)
class Calls:
    """Of one key, at all deployments; a day is that of each deployment's zone, by arrival."""

    today: int = 0
    last_30_days: int = 0
    total: int = 0
    refused: int = 0


NEVER = Calls()


def callers(deployment: Deployment, *, by: DaysOf, start: str, end: str, work: Unit) -> list[Calling]:
    """Those who called on the days from start to end, who called most first; of each the days on which they did."""
    by_key: dict[str, list[CallerCell]] = defaultdict(list)
    for cell in work.callers.of_deployment(deployment.id, by=by, start=start, end=end):
        by_key[cell.key].append(cell)
    found = [Calling(key, _sum(cells), tuple((c.day, _sum([c])) for c in cells)) for key, cells in by_key.items()]
    return sorted(found, key=lambda each: (-each.total.calls, -each.total.refused, each.key))


def calls_of(keys: Sequence[str], *, now: datetime, work: Unit) -> Mapping[str, Calls]:
    """By key, those that have called nothing too."""
    zones = {each.id: each.time_zone for each in work.deployments.all()}
    first = moved(today(now, "UTC"), -RECENT - 1)  # in any zone
    recent: dict[str, list[tuple[str, CallerCell]]] = defaultdict(list)
    for deployment, cell in work.callers.recent(keys, start=first):
        recent[cell.key].append((today(now, zones.get(deployment, "UTC")), cell))
    return {
        key: Calls(
            today=sum(cell.calls for day, cell in recent[key] if cell.day == day),
            last_30_days=sum(cell.calls for day, cell in recent[key] if cell.day > moved(day, -RECENT)),
            total=total,
            refused=refused,
        )
        for key, (total, refused) in work.callers.totals(keys).items()
    }


def _sum(cells: Iterable[CallerCell]) -> Called:
    found = list(cells)
    return Called(
        calls=sum(each.calls for each in found),
        rows=sum(each.rows for each in found),
        errors=sum(each.errors for each in found),
        refused=sum(each.refused for each in found),
    )
