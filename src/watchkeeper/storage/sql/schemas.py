"""What was said of a deployment's schema."""

import sqlalchemy as sa

from watchkeeper.monitoring.expecting import SchemaSaid
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.storage.sql.metadata import Id, Moment, metadata

schemas = sa.Table(
    "schemas",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("columns", sa.JSON, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("set_by", sa.String(80), nullable=False),
    sa.Column("stalest", sa.Float),
)
unique_inputs = sa.Table(
    "unique_inputs",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("columns", sa.JSON, nullable=False),
)


class SqlSchemas:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def say(self, deployment: str, said: SchemaSaid) -> None:
        values = {"deployment": deployment, "since": said.since, "set_by": said.set_by, **said.schema.to_json()}
        self._connection.execute(schemas.insert().values(**values))

    def said(self, deployment: str) -> list[SchemaSaid]:
        query = schemas.select().where(schemas.c.deployment == deployment).order_by(schemas.c.number.desc())
        return [
            SchemaSaid(Schema.from_json(dict(row)), row["since"], row["set_by"])
            for row in self._connection.execute(query).mappings()
        ]

    def unique(self, deployment: str) -> tuple[str, ...] | None:
        query = sa.select(unique_inputs.c["columns"]).where(unique_inputs.c.deployment == deployment)
        found = self._connection.scalar(query)
        return None if found is None else tuple(found)

    def keep_unique(self, deployment: str, columns: tuple[str, ...]) -> None:
        self._connection.execute(unique_inputs.delete().where(unique_inputs.c.deployment == deployment))
        self._connection.execute(unique_inputs.insert().values(deployment=deployment, columns=list(columns)))
