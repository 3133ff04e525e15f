import sqlalchemy as sa

from watchkeeper.batches.batch import Batch, State
from watchkeeper.serving.deployment import TypePolicy
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.paging import newest_first

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), nullable=False),
    sa.Column("deployment", Id, sa.ForeignKey("deployments.id"), nullable=False, index=True),
    sa.Column("dataset", Id, nullable=False),
    sa.Column("dataset_name", sa.String(200), nullable=False),
    sa.Column("release", sa.Integer, nullable=False),
    sa.Column("champion", Id, nullable=False),
    sa.Column("challenger", Id),
    sa.Column("type_policy", sa.String(20), nullable=False),
    sa.Column("threshold", sa.Float, nullable=False),
    sa.Column("journal", sa.Boolean, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("asked_by", sa.String(200), nullable=False),
    sa.Column("chunk_rows", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("chunks", sa.Integer, nullable=False),
    sa.Column("answered", sa.BigInteger, nullable=False),
    sa.Column("refused", sa.BigInteger, nullable=False),
    sa.Column("violations", sa.JSON, nullable=False),
    sa.Column("challenger_error", sa.Text, nullable=False),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("started", Moment),
    sa.Column("finished", Moment),
)


class SqlBatches:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, batch: Batch) -> None:
        self._connection.execute(batches.insert().values(**_row(batch)))

    def get(self, batch: str) -> Batch | None:
        return self._one(batches.select().where(batches.c.id == batch))

    def held(self, batch: str) -> Batch | None:
        return self._one(batches.select().where(batches.c.id == batch).with_for_update())

    def page(self, deployment: str, *, after: str | None, limit: int) -> list[Batch]:
        query = newest_first(self._connection, batches, after=after, limit=limit).where(
            batches.c.deployment == deployment
        )
        return [_batch(row) for row in self._connection.execute(query).mappings()]

    def replace(self, batch: Batch) -> None:
        self._connection.execute(batches.update().where(batches.c.id == batch.id).values(**_row(batch)))

    def remove(self, batch: str) -> None:
        self._connection.execute(batches.delete().where(batches.c.id == batch))

    def _one(self, query: "sa.Select[tuple[object, ...]]") -> Batch | None:
        row = self._connection.execute(query).mappings().first()
        return _batch(row) if row else None


def _row(batch: Batch) -> dict[str, object]:
    values = {name: value for name, value in vars(batch).items() if name != "asked"}
    return {**values, "created": batch.asked, "violations": list(batch.violations)}


def _batch(row: sa.RowMapping) -> Batch:
    values = {name: value for name, value in row.items() if name != "created"}
    kinds = {"state": State(row["state"]), "type_policy": TypePolicy(row["type_policy"])}
    return Batch(**{**values, **kinds, "asked": row["created"]})
