"""What references tell of their seasons."""

import sqlalchemy as sa

from watchkeeper.monitoring.ports import KeptAlmanac
from watchkeeper.storage.sql.metadata import Id, metadata

almanacs = sa.Table(
    "almanacs",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("of", Id, primary_key=True),
    sa.Column("why", sa.String(200), nullable=False),
    sa.Column("packed", sa.LargeBinary, nullable=False),
)


class SqlAlmanacs:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, deployment: str, of: str) -> KeptAlmanac | None:
        query = almanacs.select().where(almanacs.c.deployment == deployment, almanacs.c.of == of)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else KeptAlmanac(row.why, row.packed)

    def keep(self, deployment: str, of: str, found: KeptAlmanac) -> None:
        mine = sa.and_(almanacs.c.deployment == deployment, almanacs.c.of == of)
        self._connection.execute(almanacs.delete().where(mine))
        self._connection.execute(almanacs.insert().values(deployment=deployment, of=of, **vars(found)))
