"""How columns are journalled, the sealed keys of their hashes, and the rows that were asked to be gone."""

from typing import Any

import sqlalchemy as sa

from watchkeeper.monitoring.erasure import Erasure, ErasureState
from watchkeeper.monitoring.journalled import ColumnSetting, Journalled
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.paging import newest_first

journal_columns = sa.Table(
    "journal_columns",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("column", sa.String(400), primary_key=True),
    sa.Column("journalled", sa.String(20), nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("set_by", sa.String(80), nullable=False),
)
journal_keys = sa.Table(
    "journal_keys",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
)
erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("deployment", Id, nullable=False, index=True),
    sa.Column("asked", Moment, nullable=False),
    sa.Column("asked_by", sa.String(80), nullable=False),
    sa.Column("ids", sa.JSON, nullable=False),
    sa.Column("given", sa.Integer, nullable=False),
    sa.Column("where", sa.JSON, nullable=False),
    sa.Column("start", Moment),
    sa.Column("end", Moment),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("rows", sa.BigInteger),
    sa.Column("labels", sa.BigInteger),
    sa.Column("done", Moment),
    sa.Column("error", sa.Text, nullable=False),
)


class SqlMasking:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def settings(self, deployment: str) -> list[ColumnSetting]:
        query = journal_columns.select().where(journal_columns.c.deployment == deployment)
        rows = self._connection.execute(query.order_by(journal_columns.c.column))
        return [ColumnSetting(row.column, Journalled(row.journalled), row.since, row.set_by) for row in rows]

    def set(self, deployment: str, setting: ColumnSetting) -> None:
        mine = sa.and_(journal_columns.c.deployment == deployment, journal_columns.c.column == setting.column)
        values = {name: value for name, value in vars(setting).items() if name != "column"}
        if self._connection.execute(journal_columns.update().where(mine).values(**values)).rowcount == 0:
            self._connection.execute(journal_columns.insert().values(deployment=deployment, **vars(setting)))

    def sealed_key(self, deployment: str) -> str | None:
        return self._connection.scalar(sa.select(journal_keys.c.sealed).where(journal_keys.c.deployment == deployment))

    def keep_key(self, deployment: str, sealed: str) -> None:
        self._connection.execute(journal_keys.insert().values(deployment=deployment, sealed=sealed))


class SqlErasures:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, erasure: Erasure) -> None:
        self._connection.execute(erasures.insert().values(**_values(erasure)))

    def get(self, erasure: str) -> Erasure | None:
        row = self._connection.execute(erasures.select().where(erasures.c.id == erasure)).mappings().first()
        return _erasure(row) if row else None

    def waiting(self, deployment: str) -> list[Erasure]:
        mine = sa.and_(erasures.c.deployment == deployment, erasures.c.state == ErasureState.WAITING)
        query = erasures.select().where(mine).order_by(erasures.c.asked, erasures.c.id)
        return [_erasure(row) for row in self._connection.execute(query).mappings()]

    def finish(self, erasure: Erasure) -> None:
        self._connection.execute(erasures.update().where(erasures.c.id == erasure.id).values(**_values(erasure)))

    def page(self, deployment: str, *, after: str | None, limit: int) -> list[Erasure]:
        newest = newest_first(self._connection, erasures, after=after, limit=limit, by="asked")
        mine = newest.where(erasures.c.deployment == deployment)
        return [_erasure(row) for row in self._connection.execute(mine).mappings()]


def _values(erasure: Erasure) -> dict[str, Any]:
    return {**vars(erasure), "ids": list(erasure.ids), "where": list(erasure.where)}


def _erasure(row: sa.RowMapping) -> Erasure:
    return Erasure(**{**row, "ids": tuple(row["ids"]), "state": ErasureState(row["state"])})
