"""How long rows are kept, who said so, and what is known of the rows that have gone."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from watchkeeper.monitoring.retention import Gone, GoneDay, Retention, Said
from watchkeeper.serving.deployment import Role
from watchkeeper.storage.sql.metadata import Id, Moment, metadata

retentions = sa.Table(
    "retentions",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("own", sa.Boolean, nullable=False),
    sa.Column("days", sa.Integer),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("since", Moment, nullable=False),
    sa.Column("set_by", sa.String(80), nullable=False),
)
journal_gone = sa.Table(
    "journal_gone",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("begun", Moment, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("first", Moment, nullable=False),
    sa.Column("last", Moment, nullable=False),
)
gone_days = sa.Table(
    "gone_days",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("role", sa.String(20), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("late", sa.BigInteger, nullable=False),
    sa.Column("late_before", sa.BigInteger, nullable=False),
)


class SqlRetentions:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def say(self, deployment: str, said: Said) -> None:
        query = sa.select(sa.func.count()).select_from(retentions).where(retentions.c.deployment == deployment)
        number = (self._connection.scalar(query) or 0) + 1
        own = vars(said.retention) if said.retention else {}
        values = {"own": said.retention is not None, "since": said.since, "set_by": said.set_by, **own}
        self._connection.execute(retentions.insert().values(deployment=deployment, number=number, **values))

    def said(self, deployment: str) -> list[Said]:
        query = retentions.select().where(retentions.c.deployment == deployment).order_by(retentions.c.number.desc())
        return [
            Said(Retention(row.days, row.bytes) if row.own else None, row.since, row.set_by)
            for row in self._connection.execute(query)
        ]

    def gone(self, deployment: str) -> Gone | None:
        query = journal_gone.select().where(journal_gone.c.deployment == deployment)
        row = self._connection.execute(query).mappings().first()
        return Gone(**{name: value for name, value in row.items() if name != "deployment"}) if row else None

    def let_go(self, deployment: str, more: Gone, days: Sequence[GoneDay]) -> None:
        before = self.gone(deployment)
        if before is None:
            self._connection.execute(journal_gone.insert().values(deployment=deployment, **vars(more)))
        else:
            mine = journal_gone.update().where(journal_gone.c.deployment == deployment)
            self._connection.execute(mine.values(**vars(before + more)))
        for day in days:
            self._add_day(deployment, day)

    def day(self, deployment: str, role: str, day: str) -> GoneDay | None:
        row = self._connection.execute(gone_days.select().where(*_of(deployment, role, day))).first()
        return GoneDay(row.day, row.role, row.rows, row.at, row.late) if row else None

    def came_late(self, deployment: str, day: str, labels: int) -> None:
        mine = gone_days.update().where(*_of(deployment, Role.CHAMPION, day))
        self._connection.execute(mine.values(late=gone_days.c.late_before + labels))

    def rows(self, deployment: str, role: str, *, start: str | None, end: str | None) -> int:
        query = sa.select(sa.func.sum(gone_days.c.rows)).where(
            gone_days.c.deployment == deployment, gone_days.c.role == role
        )
        if start is not None:
            query = query.where(gone_days.c.day >= start)
        if end is not None:
            query = query.where(gone_days.c.day <= end)
        return int(self._connection.scalar(query) or 0)

    def late(self, deployment: str) -> int:
        query = sa.select(sa.func.sum(gone_days.c.late)).where(gone_days.c.deployment == deployment)
        return int(self._connection.scalar(query) or 0)

    def _add_day(self, deployment: str, more: GoneDay) -> None:
        """What has come late until now stays counted, whatever comes after."""
        before = self.day(deployment, more.role, more.day)
        if before is None:
            values: dict[str, Any] = {"deployment": deployment, "late_before": 0, **vars(more)}
            self._connection.execute(gone_days.insert().values(**values))
            return
        mine = gone_days.update().where(*_of(deployment, more.role, more.day))
        self._connection.execute(
            mine.values(rows=gone_days.c.rows + more.rows, at=more.at, late_before=gone_days.c.late)
        )


def _of(deployment: str, role: str, day: str) -> tuple[sa.ColumnElement[bool], ...]:
    return gone_days.c.deployment == deployment, gone_days.c.role == role, gone_days.c.day == day
