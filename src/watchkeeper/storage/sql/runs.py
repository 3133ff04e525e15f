"""Runs of pipelines, how far their steps are, and each attempt with its log."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from watchkeeper.pipelines.run import Attempt, Cause, Run, RunState, StepRun, StepState
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.paging import place
from watchkeeper.storage.sql.pipelines import pipelines

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("order", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("pipeline", Id, sa.ForeignKey("pipelines.id"), nullable=False),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("cause", sa.String(20), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("moment", Moment),
    sa.Column("begun", Moment, nullable=False),
    sa.Column("begun_by", Id, nullable=False),
    sa.Column("due", Moment),
    sa.Column("ended", Moment),
    sa.Column("said", sa.Text, nullable=False),
    sa.UniqueConstraint("pipeline", "number"),
    sa.Index("ix_runs_project_order", "project", "order"),
    sa.Index("ix_runs_due", "due"),
)
run_steps = sa.Table(
    "run_steps",
    metadata,
    sa.Column("run", Id, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("onward", sa.Boolean, nullable=False),
    sa.Column("outputs", sa.JSON, nullable=False),
    sa.Column("memory", sa.JSON, nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("begun", Moment),
    sa.Column("ended", Moment),
    sa.Column("due", Moment),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("asks", sa.String(20)),
    sa.Column("decision", sa.JSON(none_as_null=True)),
)
run_attempts = sa.Table(
    "run_attempts",
    metadata,
    sa.Column("run", Id, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("step", sa.String(60), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("begun", Moment, nullable=False),
    sa.Column("ended", Moment),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("log", sa.Text, nullable=False),
    sa.Column("omitted", sa.BigInteger, nullable=False),
)


class SqlRuns:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, run: Run, steps: list[StepRun]) -> None:
        self._connection.execute(runs.insert().values(**vars(run)))
        self._connection.execute(run_steps.insert(), [vars(step) for step in steps])

    def get(self, run: str) -> Run | None:
        return self._first(runs.select().where(runs.c.id == run))

    def hold(self, run: str) -> Run | None:
        return self._first(runs.select().where(runs.c.id == run).with_for_update())

    def change(self, run: Run) -> None:
        self._connection.execute(runs.update().where(runs.c.id == run.id).values(**vars(run)))

    def next_number(self, pipeline: str) -> int:
        query = sa.select(sa.func.max(runs.c.number)).where(runs.c.pipeline == pipeline)
        return (self._connection.scalar(query) or 0) + 1

    def newest(self, pipeline: str) -> Run | None:
        query = runs.select().where(runs.c.pipeline == pipeline)
        return self._first(query.order_by(runs.c.order.desc()).limit(1))

    def going_on(self, pipeline: str) -> list[Run]:
        return self._all(runs.select().where(runs.c.pipeline == pipeline, runs.c.state == RunState.RUNNING.value))

    def page(self, project: str, *, pipeline: str | None, after: str | None, limit: int) -> list[Run]:
        query = runs.select().where(runs.c.project == project)
        if pipeline is not None:
            query = query.where(runs.c.pipeline == pipeline)
        if after is not None:
            query = query.where(runs.c.order < place(self._connection, runs.c.order, id=after))
        return self._all(query.order_by(runs.c.order.desc()).limit(limit))

    def due(self, now: datetime) -> list[str]:
        return list(self._connection.scalars(sa.select(runs.c.id).where(runs.c.due <= now).order_by(runs.c.due)))

    def wake(self, run: str, at: datetime) -> None:
        later = sa.or_(runs.c.due.is_(None), runs.c.due > at)
        self._connection.execute(runs.update().where(runs.c.id == run, later).values(due=at))

    def steps(self, run: str) -> list[StepRun]:
        query = run_steps.select().where(run_steps.c.run == run).order_by(run_steps.c.place)
        rows = self._connection.execute(query).mappings()
        return [StepRun(**{**row, "state": StepState(row["state"])}) for row in rows]

    def change_step(self, step: StepRun) -> None:
        mine = sa.and_(run_steps.c.run == step.run, run_steps.c.name == step.name)
        self._connection.execute(run_steps.update().where(mine).values(**vars(step)))

    def put_attempt(self, attempt: Attempt) -> None:
        mine = sa.and_(
            run_attempts.c.run == attempt.run,
            run_attempts.c.step == attempt.step,
            run_attempts.c.number == attempt.number,
        )
        changed = self._connection.execute(run_attempts.update().where(mine).values(**vars(attempt)))
        if changed.rowcount == 0:
            self._connection.execute(run_attempts.insert().values(**vars(attempt)))

    def attempts(self, run: str, *, step: str | None = None) -> list[Attempt]:
        query = run_attempts.select().where(run_attempts.c.run == run)
        if step is not None:
            query = query.where(run_attempts.c.step == step)
        rows = self._connection.execute(query.order_by(run_attempts.c.begun, run_attempts.c.number)).mappings()
        return [Attempt(**{**row, "state": StepState(row["state"])}) for row in rows]

    def of_deployment(self, deployment: str, *, limit: int) -> list[Run]:
        mine = sa.select(pipelines.c.id).where(pipelines.c.deployment == deployment)
        return self._all(runs.select().where(runs.c.pipeline.in_(mine)).order_by(runs.c.order.desc()).limit(limit))

    def failed(self, deployment: str) -> list[str]:
        mine = sa.and_(pipelines.c.deployment == deployment, pipelines.c.removed.is_(None))
        newest = sa.select(sa.func.max(runs.c.order)).join(pipelines, pipelines.c.id == runs.c.pipeline).where(mine)
        query = (
            sa.select(pipelines.c.name)
            .join(runs, runs.c.pipeline == pipelines.c.id)
            .where(runs.c.order.in_(newest.group_by(runs.c.pipeline)), runs.c.state == RunState.FAILED.value)
            .order_by(pipelines.c.name)
        )
        return list(self._connection.scalars(query))

    def _first(self, query: sa.Select[Any]) -> Run | None:
        row = self._connection.execute(query).mappings().first()
        return _run(row) if row else None

    def _all(self, query: sa.Select[Any]) -> list[Run]:
        return [_run(row) for row in self._connection.execute(query).mappings()]


def _run(row: sa.RowMapping) -> Run:
    known = {"state": RunState(row["state"]), "cause": Cause(row["cause"])}
    return Run(**{**{name: value for name, value in row.items() if name != "order"}, **known})
