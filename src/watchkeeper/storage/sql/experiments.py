from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from watchkeeper.experiments.experiment import Experiment, Model, ModelState, Version, VersionState
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.once import once
from watchkeeper.storage.sql.paging import newest_first

experiments = sa.Table(
    "experiments",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("time", sa.Text),
    sa.Column("time_zone", sa.String(60), nullable=False),
    sa.Column("task", sa.String(20)),
    sa.Column("exclude", sa.JSON, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
    sa.UniqueConstraint("project", "name"),
)
versions = sa.Table(
    "versions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("experiment", Id, sa.ForeignKey("experiments.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("dataset", Id, sa.ForeignKey("datasets.id"), nullable=False, index=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("task", sa.String(20), nullable=False),
    sa.Column("metric", sa.String(40), nullable=False),
    sa.Column("budget_seconds", sa.Float, nullable=False),
    sa.Column("learners", sa.JSON, nullable=False),
    sa.Column("inputs", sa.JSON, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
    sa.Column("done", sa.Float, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("finished", Moment),
    sa.Column("bin_sets", sa.JSON(none_as_null=True)),
    sa.Column("seed", sa.Integer, nullable=False, server_default="20260101"),
    sa.UniqueConstraint("experiment", "number"),
)
models = sa.Table(
    "models",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("version", Id, sa.ForeignKey("versions.id"), nullable=False, index=True),
    sa.Column("learner", sa.String(40), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("card", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("rank", sa.Integer),
)


class SqlExperiments:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, experiment: Experiment) -> None:
        self._connection.execute(
            experiments.insert().values(**{**vars(experiment), "exclude": list(experiment.exclude)})
        )

    @once
    def get(self, experiment: str) -> Experiment | None:
        row = self._first(experiments, experiments.c.id == experiment)
        return _experiment(row) if row else None

    def named(self, name: str, *, project: str) -> Experiment | None:
        row = self._first(experiments, experiments.c.project == project, experiments.c.name == name)
        return _experiment(row) if row else None

    def page(self, project: str, *, after: str | None, limit: int) -> list[Experiment]:
        query = newest_first(self._connection, experiments, after=after, limit=limit).where(
            experiments.c.project == project
        )
        return [_experiment(row) for row in self._connection.execute(query).mappings()]

    def add_version(self, version: Version, models_of_it: list[Model]) -> None:
        self._connection.execute(versions.insert().values(**_version_row(version)))
        self._connection.execute(models.insert(), [asdict(model) for model in models_of_it])

    @once
    def version(self, version: str) -> Version | None:
        row = self._first(versions, versions.c.id == version)
        return _version(row) if row else None

    def versions(self, experiment: str) -> list[Version]:
        query = versions.select().where(versions.c.experiment == experiment).order_by(versions.c.number)
        return [_version(row) for row in self._connection.execute(query).mappings()]

    def next_number(self, experiment: str) -> int:
        query = sa.select(sa.func.max(versions.c.number)).where(versions.c.experiment == experiment)
        return (self._connection.scalar(query) or 0) + 1

    def replace_version(self, version: Version) -> None:
        self._connection.execute(versions.update().where(versions.c.id == version.id).values(**_version_row(version)))

    def progress(self, version: str, done: float, message: str) -> None:
        self._connection.execute(versions.update().where(versions.c.id == version).values(done=done, message=message))

    @once
    def model(self, model: str) -> Model | None:
        row = self._first(models, models.c.id == model)
        return _model(row) if row else None

    def models(self, version: str) -> list[Model]:
        query = models.select().where(models.c.version == version)
        found = [_model(row) for row in self._connection.execute(query).mappings()]
        return sorted(found, key=lambda model: (model.rank is None, model.rank or 0, model.learner))

    def replace_model(self, model: Model) -> None:
        self._connection.execute(models.update().where(models.c.id == model.id).values(**asdict(model)))

    def _first(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.RowMapping | None:
        return self._connection.execute(table.select().where(*conditions)).mappings().first()


def _experiment(row: sa.RowMapping) -> Experiment:
    return Experiment(**{**row, "exclude": tuple(row["exclude"])})


def _version_row(version: Version) -> dict[str, Any]:
    return {**vars(version), "learners": list(version.learners), "inputs": [dict(each) for each in version.inputs]}


def _version(row: sa.RowMapping) -> Version:
    return Version(**{**row, "state": VersionState(row["state"]), "learners": tuple(row["learners"])})


def _model(row: sa.RowMapping) -> Model:
    return Model(**{**row, "state": ModelState(row["state"])})
