"""What references tell of their seasons."""

import sqlalchemy as sa

from watchkeeper.monitoring.ports import KeptAlmanac
from watchkeeper.storage.sql.metadata import Id, metadata
from watchkeeper.storage.sql.once import once

almanacs = sa.Table(
    "almanacs",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("of", Id, primary_key=True),
    sa.Column("why", sa.String(200), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("packed", sa.LargeBinary, nullable=False),
)


class SqlAlmanacs:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @once
    def head(self, deployment: str, of: str) -> tuple[str, str] | None:
        query = sa.select(almanacs.c.why, almanacs.c.digest).where(self._mine(deployment, of))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else (row.why, row.digest)

    def packed(self, deployment: str, of: str) -> bytes:
        found: bytes = self._connection.scalars(sa.select(almanacs.c.packed).where(self._mine(deployment, of))).one()
        return found

    def keep(self, deployment: str, of: str, found: KeptAlmanac) -> None:
        self._connection.execute(almanacs.delete().where(self._mine(deployment, of)))
        row = {"deployment": deployment, "of": of, "digest": found.digest, **vars(found)}
        self._connection.execute(almanacs.insert().values(row))

    @staticmethod
    def _mine(deployment: str, of: str) -> "sa.ColumnElement[bool]":
        return sa.and_(almanacs.c.deployment == deployment, almanacs.c.of == of)
