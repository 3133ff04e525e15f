from typing import Any

import sqlalchemy as sa

from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.paging import newest_first
from watchkeeper.tables.column import Schema

datasets = sa.Table(
    "datasets",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("file_name", sa.String(400), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
    sa.Column("progress", sa.Float, nullable=False),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("schema", sa.JSON, nullable=False),
    sa.Column("summary", sa.JSON, nullable=False),
)


class SqlDatasets:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, dataset: Dataset) -> None:
        self._connection.execute(datasets.insert().values(**_row(dataset)))

    def get(self, dataset: str) -> Dataset | None:
        row = self._connection.execute(datasets.select().where(datasets.c.id == dataset)).mappings().first()
        return _dataset(row) if row else None

    def named(self, name: str, *, project: str) -> Dataset | None:
        query = datasets.select().where(
            datasets.c.project == project, datasets.c.name == name, datasets.c.state != State.FAILED
        )
        row = self._connection.execute(query).mappings().first()
        return _dataset(row) if row else None

    def page(self, project: str, *, after: str | None, limit: int) -> list[Dataset]:
        query = newest_first(self._connection, datasets, after=after, limit=limit).where(datasets.c.project == project)
        return [_dataset(row) for row in self._connection.execute(query).mappings()]

    def replace(self, dataset: Dataset) -> None:
        self._connection.execute(datasets.update().where(datasets.c.id == dataset.id).values(**_row(dataset)))

    def progress(self, dataset: str, progress: float) -> None:
        self._connection.execute(datasets.update().where(datasets.c.id == dataset).values(progress=progress))

    def remove(self, dataset: str) -> None:
        self._connection.execute(datasets.delete().where(datasets.c.id == dataset))

    def used_by(self, dataset: str) -> int:
        versions = metadata.tables["versions"]
        query = sa.select(sa.func.count()).select_from(versions).where(versions.c.dataset == dataset)
        return self._connection.scalar(query) or 0


def _row(dataset: Dataset) -> dict[str, Any]:
    return {**vars(dataset), "schema": dataset.schema.to_json(), "summary": list(dataset.summary)}


def _dataset(row: sa.RowMapping) -> Dataset:
    return Dataset(**{**row, "state": State(row["state"]), "schema": Schema.from_json(row["schema"])})
