"""What was found where days were looked at for faults, a row a day."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.ports.looks import LookedDay, Repeated
from watchkeeper.monitoring.ports.verdicts import PROVISIONAL
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.monitoring import Day
from watchkeeper.storage.sql.verdicts import verdicts

looked_days = sa.Table(
    "looked_days",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("day", Day, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("columns", sa.JSON, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("faults", sa.JSON, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("repeated", sa.JSON, nullable=False),
)

BESIDE = verdicts.outerjoin(
    looked_days, sa.and_(looked_days.c.deployment == verdicts.c.deployment, looked_days.c.day == verdicts.c.day)
)
"""Every day with verdicts, and what was found on it."""


class SqlLooks:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def due(self, deployment: str, *, limit: int) -> list[str]:
        stale = sa.or_(looked_days.c.day.is_(None), looked_days.c.revision != verdicts.c.revision)
        query = sa.select(verdicts.c.day).select_from(BESIDE)
        over = sa.and_(verdicts.c.deployment == deployment, verdicts.c.revision != PROVISIONAL)
        first = query.where(over, stale).order_by(looked_days.c.day.is_not(None), verdicts.c.day)
        return list(self._connection.scalars(first.limit(limit)))

    def waiting(self, deployment: str, *, start: str, end: str) -> int:
        over = sa.and_(verdicts.c.deployment == deployment, verdicts.c.revision != PROVISIONAL)
        never = sa.and_(over, verdicts.c.day.between(start, end), looked_days.c.day.is_(None))
        return self._connection.scalar(sa.select(sa.func.count()).select_from(BESIDE).where(never)) or 0

    def between(self, deployment: str, *, start: str, end: str) -> list[LookedDay]:
        query = looked_days.select().where(looked_days.c.deployment == deployment)
        days = query.where(looked_days.c.day.between(start, end)).order_by(looked_days.c.day)
        return [_read(row) for row in self._connection.execute(days)]

    def keep(self, deployment: str, looked: Sequence[LookedDay]) -> None:
        mine = looked_days.c.deployment == deployment
        days = [each.day for each in looked]
        self._connection.execute(looked_days.delete().where(mine, looked_days.c.day.in_(days)))
        rows = [
            {
                **vars(each),
                "deployment": deployment,
                "faults": [fault.plain() for fault in each.faults],
                "repeated": {name: vars(found) for name, found in each.repeated.items()},
            }
            for each in looked
        ]
        if rows:
            self._connection.execute(looked_days.insert(), rows)

    def forget(self, deployment: str, column: str) -> None:
        known = self.between(deployment, start="", end="9999-99-99")
        concerned = [each for each in known if any(column in fault.columns for fault in each.faults)]
        self.keep(
            deployment,
            [
                replace(each, faults=tuple(fault for fault in each.faults if column not in fault.columns))
                for each in concerned
            ],
        )


def _read(row: "sa.Row[tuple[object, ...]]") -> LookedDay:
    return LookedDay(
        day=row.day,
        revision=row.revision,
        at=row.at,
        columns=tuple(row.columns),
        rows=row.rows,
        faults=tuple(map(Fault.from_plain, row.faults)),
        why=row.why,
        repeated={name: Repeated(**found) for name, found in row.repeated.items()},
    )
