"""Pipelines, their versions, and the ticks and firings that have been dealt with."""

from typing import Any

import sqlalchemy as sa

from watchkeeper.pipelines.pipeline import Pipeline, PipelineVersion
from watchkeeper.storage.sql.metadata import Id, Moment, metadata

pipelines = sa.Table(
    "pipelines",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), nullable=False, index=True),
    sa.Column("deployment", Id, sa.ForeignKey("deployments.id"), index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("slug", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
    sa.Column("ticked", Moment),
    sa.Column("removed", Moment),
)
pipeline_versions = sa.Table(
    "pipeline_versions",
    metadata,
    sa.Column("pipeline", Id, sa.ForeignKey("pipelines.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("definition", sa.JSON, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
)
pipeline_causes = sa.Table(
    "pipeline_causes",
    metadata,
    sa.Column("pipeline", Id, sa.ForeignKey("pipelines.id"), primary_key=True),
    sa.Column("cause", sa.String(80), primary_key=True),
    sa.Column("run", Id),
)


class SqlPipelines:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, pipeline: Pipeline, version: PipelineVersion) -> None:
        self._connection.execute(pipelines.insert().values(**vars(pipeline)))
        self.add_version(version)

    def change(self, pipeline: Pipeline) -> None:
        self._connection.execute(pipelines.update().where(pipelines.c.id == pipeline.id).values(**vars(pipeline)))

    def add_version(self, version: PipelineVersion) -> None:
        self._connection.execute(pipeline_versions.insert().values(**vars(version)))

    def hold(self, pipeline: str) -> Pipeline | None:
        return self._first(pipelines.select().where(pipelines.c.id == pipeline).with_for_update())

    def get(self, pipeline: str) -> Pipeline | None:
        return self._first(pipelines.select().where(pipelines.c.id == pipeline))

    def named(self, slug: str, *, project: str) -> Pipeline | None:
        return self._first(_there().where(pipelines.c.project == project, pipelines.c.slug == slug))

    def of_project(self, project: str) -> list[Pipeline]:
        return self._all(_there().where(pipelines.c.project == project))

    def of_deployment(self, deployment: str) -> list[Pipeline]:
        return self._all(_there().where(pipelines.c.deployment == deployment))

    def going(self) -> list[Pipeline]:
        return self._all(_there().where(sa.not_(pipelines.c.paused)))

    def version(self, pipeline: str, number: int) -> PipelineVersion:
        query = pipeline_versions.select().where(
            pipeline_versions.c.pipeline == pipeline, pipeline_versions.c.number == number
        )
        return PipelineVersion(**self._connection.execute(query).mappings().one())

    def versions(self, pipeline: str) -> list[PipelineVersion]:
        query = pipeline_versions.select().where(pipeline_versions.c.pipeline == pipeline)
        rows = self._connection.execute(query.order_by(pipeline_versions.c.number.desc())).mappings()
        return [PipelineVersion(**row) for row in rows]

    def answered(self, pipeline: str, causes: list[str]) -> set[str]:
        query = sa.select(pipeline_causes.c.cause).where(
            pipeline_causes.c.pipeline == pipeline, pipeline_causes.c.cause.in_(causes)
        )
        return set(self._connection.scalars(query))

    def answer(self, pipeline: str, cause: str, *, run: str | None) -> None:
        self._connection.execute(pipeline_causes.insert().values(pipeline=pipeline, cause=cause, run=run))

    def _first(self, query: sa.Select[Any]) -> Pipeline | None:
        row = self._connection.execute(query).mappings().first()
        return Pipeline(**row) if row else None

    def _all(self, query: sa.Select[Any]) -> list[Pipeline]:
        rows = self._connection.execute(query.order_by(pipelines.c.name, pipelines.c.id)).mappings()
        return [Pipeline(**row) for row in rows]


def _there() -> sa.Select[Any]:
    return pipelines.select().where(pipelines.c.removed.is_(None))
