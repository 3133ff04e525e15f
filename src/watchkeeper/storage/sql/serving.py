from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from watchkeeper.serving.deployment import (
    Access,
    Deployment,
    Isolation,
    ProcessStatus,
    Release,
    ReleaseKind,
    TypePolicy,
)
from watchkeeper.serving.split import Split
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.once import once
from watchkeeper.storage.sql.paging import newest_first

deployments = sa.Table(
    "deployments",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("slug", sa.String(64), nullable=False),
    sa.Column("address", sa.String(140), nullable=False, unique=True),
    sa.Column("experiment", Id, sa.ForeignKey("experiments.id"), nullable=False),
    sa.Column("time_zone", sa.String(60), nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
)
releases = sa.Table(
    "releases",
    metadata,
    sa.Column("deployment", Id, sa.ForeignKey("deployments.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("champion", Id, sa.ForeignKey("models.id"), nullable=False),
    sa.Column("challenger", Id, sa.ForeignKey("models.id")),
    sa.Column("type_policy", sa.String(20), nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False, server_default="created"),
    sa.Column("run", sa.String(120)),
    sa.Column("access", sa.String(20), nullable=False, server_default="members"),
    sa.Column("threshold", sa.Float, nullable=False, server_default="0.5"),
    sa.Column("shadow", sa.Float, nullable=False, server_default="1"),
    sa.Column("split", sa.JSON(none_as_null=True)),
    sa.Column("isolation", sa.String(20), nullable=False, server_default="shared"),
)
generations = sa.Table(
    "generations",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
processes = sa.Table(
    "processes",
    metadata,
    sa.Column("process", sa.String(60), primary_key=True),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("seen", Moment, nullable=False),
    sa.Column("status", sa.JSON, nullable=False),
)
ROUTING = "routing"


class SqlDeployments:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, deployment: Deployment, release: Release) -> None:
        self._connection.execute(deployments.insert().values(**vars(deployment)))
        self.add_release(release)

    def hold(self, deployment: str) -> None:
        row = sa.select(deployments.c.id).where(deployments.c.id == deployment).with_for_update()
        self._connection.execute(row)

    def add_release(self, release: Release) -> None:
        split = release.split.to_json() if release.split else None
        self._connection.execute(releases.insert().values(**{**vars(release), "split": split}))

    def get(self, deployment: str) -> Deployment | None:
        either = sa.or_(deployments.c.id == deployment, deployments.c.address == deployment)
        row = self._connection.execute(deployments.select().where(either)).mappings().first()
        return Deployment(**row) if row else None

    def page(self, project: str, *, after: str | None, limit: int) -> list[Deployment]:
        query = newest_first(self._connection, deployments, after=after, limit=limit).where(
            deployments.c.project == project
        )
        return [Deployment(**row) for row in self._connection.execute(query).mappings()]

    def all(self) -> list[Deployment]:
        rows = self._connection.execute(deployments.select().order_by(deployments.c.created))
        return [Deployment(**row) for row in rows.mappings()]

    @once
    def current(self, deployment: str) -> Release:
        query = releases.select().where(releases.c.deployment == deployment)
        newest = query.order_by(releases.c.number.desc()).limit(1)
        return _release(self._connection.execute(newest).mappings().one())

    @once
    def releases(self, deployment: str) -> list[Release]:
        query = releases.select().where(releases.c.deployment == deployment).order_by(releases.c.number)
        return [_release(row) for row in self._connection.execute(query).mappings()]


class SqlGenerations:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def current(self) -> int:
        query = sa.select(generations.c.value).where(generations.c.name == ROUTING)
        return self._connection.scalar(query) or 0

    def advance(self) -> None:
        raised = generations.update().where(generations.c.name == ROUTING).values(value=generations.c.value + 1)
        if self._connection.execute(raised).rowcount == 0:
            self._connection.execute(generations.insert().values(name=ROUTING, value=1))


class SqlBoard:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def report(self, process: str, *, pid: int, at: datetime, status: Mapping[str, object]) -> None:
        values: dict[str, Any] = {"pid": pid, "seen": at, "status": dict(status)}
        mine = processes.update().where(processes.c.process == process).values(**values)
        if self._connection.execute(mine).rowcount == 0:
            self._connection.execute(processes.insert().values(process=process, **values))

    def touch(self, process: str, *, at: datetime) -> None:
        self._connection.execute(processes.update().where(processes.c.process == process).values(seen=at))

    def all(self) -> list[ProcessStatus]:
        return [ProcessStatus(**row) for row in self._connection.execute(processes.select()).mappings()]


def _release(row: sa.RowMapping) -> Release:
    known = {
        "type_policy": TypePolicy(row["type_policy"]),
        "kind": ReleaseKind(row["kind"]),
        "access": Access(row["access"]),
        "isolation": Isolation(row["isolation"]),
        "split": Split.from_json(row["split"]) if row["split"] else None,
    }
    return Release(**{**row, **known})
