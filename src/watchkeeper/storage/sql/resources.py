"""Resources as they were measured, a row a process and moment or bucket."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from watchkeeper.health.resources import Grain, Measured, Sample
from watchkeeper.storage.sql.metadata import Moment, metadata

resource_samples = sa.Table(
    "resource_samples",
    metadata,
    sa.Column("grain", sa.String(20), primary_key=True),
    sa.Column("at", Moment, primary_key=True),
    sa.Column("process", sa.String(60), primary_key=True),
    sa.Column("pid", sa.BigInteger, primary_key=True),
    sa.Column("measures", sa.JSON, nullable=False),
)
KEPT = resource_samples.c


class SqlResources:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, grain: Grain, samples: Sequence[Sample]) -> None:
        rows = [
            {"grain": grain.value, "at": each.at, "process": each.process, "pid": each.pid, "measures": _plain(each)}
            for each in samples
        ]
        if rows:
            self._connection.execute(resource_samples.insert(), rows)

    def between(self, grain: Grain, *, start: datetime, end: datetime, process: str | None = None) -> list[Sample]:
        query = resource_samples.select().where(KEPT.grain == grain.value, KEPT.at >= start, KEPT.at < end)
        if process is not None:
            query = query.where(KEPT.process == process)
        rows = self._connection.execute(query.order_by(KEPT.at, KEPT.process, KEPT.pid))
        return [Sample(row.at, row.process, row.pid, _measures(row.measures)) for row in rows]

    def newest(self, grain: Grain) -> datetime | None:
        return self._moment(sa.func.max(KEPT.at), grain)

    def oldest(self, grain: Grain) -> datetime | None:
        return self._moment(sa.func.min(KEPT.at), grain)

    def drop(self, grain: Grain, *, before: datetime) -> None:
        gone = resource_samples.delete().where(KEPT.grain == grain.value, KEPT.at < before)
        self._connection.execute(gone)

    def _moment(self, which: sa.ColumnElement[datetime], grain: Grain) -> datetime | None:
        found: datetime | None = self._connection.scalar(sa.select(which).where(KEPT.grain == grain.value))
        return found


def _plain(sample: Sample) -> dict[str, list[float]]:
    return {name: [each.mean, each.highest, each.count] for name, each in sample.measures.items()}


def _measures(kept: dict[str, list[float]]) -> dict[str, Measured]:
    return {name: Measured(mean, highest, int(count)) for name, (mean, highest, count) in kept.items()}
