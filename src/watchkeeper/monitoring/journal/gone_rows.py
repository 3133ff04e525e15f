"""What of a period that somebody asks for has gone by the deployment's retention."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from watchkeeper.monitoring.collecting.gathering import EPOCH
from watchkeeper.monitoring.days import day_of
from watchkeeper.monitoring.ports import Unit
from watchkeeper.serving.deployment import Deployment, Role

TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class GoneRows:
    """So many `rows` of the days that the period touches are no longer kept; all that came since `kept_since` are,
    which is None where nothing has gone."""

    rows: int
    kept_since: datetime | None

    @property
    def told(self) -> dict[str, str]:
        """As a file or an answer carries it; nothing where nothing has gone."""
        return {"gone": str(self.rows), "kept-since": self.kept_since.isoformat()} if self.kept_since else {}


NOTHING = GoneRows(0, None)


def gone_rows(
    deployment: Deployment, role: Role, *, start: datetime | None, end: datetime | None, work: Unit
) -> GoneRows:
    gone = work.retentions.gone(deployment.id)
    if gone is None:
        return NOTHING
    if (start is not None and start > gone.last) or (end is not None and end <= gone.first):
        return GoneRows(0, gone.since)
    zone = deployment.time_zone
    first = _day(start, zone) if start is not None and start > gone.first else None
    last = _day(end - TICK, zone) if end is not None and end <= gone.last else None
    return GoneRows(work.retentions.rows(deployment.id, role, start=first, end=last), gone.since)


def _day(moment: datetime, zone: str) -> str:
    return day_of((moment - EPOCH) // TICK, zone)
