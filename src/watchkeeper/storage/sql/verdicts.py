"""The verdicts on days, a row a day; how alike the reference's rows are; and what was said of how to judge."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import sqlalchemy as sa

from watchkeeper.monitoring.drift.dependence import Dependence
from watchkeeper.monitoring.drift.windows import RECORD
from watchkeeper.monitoring.policy import Convention, DriftPolicy, PolicySaid
from watchkeeper.monitoring.ports.verdicts import PROVISIONAL, DayVerdicts
from watchkeeper.storage.sql.acceptances import acceptances
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.monitoring import Day, sheets
from watchkeeper.storage.sql.once import once


def _columns() -> list["sa.Column[Any]"]:
    return [
        sa.Column("deployment", Id, primary_key=True),
        sa.Column("day", Day, primary_key=True),
        sa.Column("bin_sets", sa.Integer, nullable=False),
        sa.Column("policy", sa.Integer, nullable=False),
        sa.Column("release", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("counted", sa.BigInteger, nullable=False),
        sa.Column("late", sa.BigInteger, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("records", sa.LargeBinary, nullable=False),
        sa.Column("acceptance", sa.Integer, nullable=False, server_default="0"),
    ]


verdicts = sa.Table("verdicts", metadata, *_columns())
trailing_verdicts = sa.Table(
    "trailing_verdicts", metadata, *_columns(), sa.Column("days", sa.Integer, primary_key=True)
)
"""On the windows of so many days that end on a day."""
dependences = sa.Table(
    "dependences",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("of", Id, primary_key=True),
    sa.Column("found", sa.JSON, nullable=False),
)
drift_policies = sa.Table(
    "drift_policies",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("policy", sa.JSON, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("set_by", sa.String(80), nullable=False),
)


RECORDS = [each.name for each in fields(DayVerdicts)].index("records")


class SqlVerdicts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def due(self, deployment: str, *, over: str, limit: int) -> list[str]:
        counted = _counted(deployment)
        still = sa.or_(verdicts.c.revision != PROVISIONAL, verdicts.c.day > over)
        known = sa.and_(verdicts.c.counted == counted.c.rows, still)
        stale = _stale(counted, deployment, known=known)
        return list(self._connection.scalars(stale.order_by(counted.c.day).limit(limit)))

    def waiting(self, deployment: str, *, start: str, end: str) -> int:
        counted = _counted(deployment, sheets.c.day.between(start, end))
        known = sa.or_(verdicts.c.counted == counted.c.rows, verdicts.c.revision == PROVISIONAL)
        stale = _stale(counted, deployment, known=known).subquery()
        return self._connection.scalar(sa.select(sa.func.count()).select_from(stale)) or 0

    def between(self, deployment: str, *, start: str, end: str) -> list[DayVerdicts]:
        query = _kept(verdicts).where(verdicts.c.deployment == deployment, verdicts.c.day.between(start, end))
        return [_read(row) for row in self._connection.execute(query.order_by(verdicts.c.day))]

    def trailing(self, deployment: str, *, start: str, end: str) -> list[DayVerdicts]:
        of = trailing_verdicts.c
        query = _kept(trailing_verdicts).where(of.deployment == deployment, of.day.between(start, end))
        return [_read(row) for row in self._connection.execute(query.order_by(of.day, of.days))]

    def issue(self, deployment: str, issued: Sequence[DayVerdicts]) -> None:
        for days in sorted({each.days for each in issued}):
            self._issue(deployment, [each for each in issued if each.days == days], days)

    def _issue(self, deployment: str, issued: Sequence[DayVerdicts], days: int) -> None:
        table = verdicts if days == 1 else trailing_verdicts
        gone = [table.c.deployment == deployment, table.c.day.in_([each.day for each in issued])]
        if days > 1:
            gone.append(table.c.days == days)
        self._connection.execute(table.delete().where(*gone))
        rows = [{**vars(each), "deployment": deployment, "records": each.records.tobytes()} for each in issued]
        for row in rows if days == 1 else ():
            del row["days"]
        self._connection.execute(table.insert(), rows)

    @once
    def dependence(self, deployment: str, of: str) -> Dependence | None:
        query = sa.select(dependences.c.found).where(dependences.c.deployment == deployment, dependences.c.of == of)
        found = self._connection.scalar(query)
        if found is None:
            return None
        ratios = tuple(tuple(each) for each in found["ratios"])
        lists = {name: tuple(found[name]) for name in ("days", "blocks", "rows", "year", "courses")}
        return Dependence(ratios=ratios, why=found["why"], known=found["known"], **lists)

    def keep_dependence(self, deployment: str, of: str, found: Dependence) -> None:
        mine = dependences.delete().where(dependences.c.deployment == deployment, dependences.c.of == of)
        self._connection.execute(mine)
        self._connection.execute(dependences.insert().values(deployment=deployment, of=of, found=vars(found)))


def _stale(counted: sa.Subquery, deployment: str, *, known: "sa.ColumnElement[bool]") -> "sa.Select[tuple[str]]":
    """Counted days without a verdict, or with one from before the last entry that concerns them, or not `known`."""
    beside = sa.and_(verdicts.c.deployment == deployment, verdicts.c.day == counted.c.day)
    query = sa.select(counted.c.day).select_from(counted.outerjoin(verdicts, beside))
    fresh = sa.and_(verdicts.c.acceptance == _newest(deployment), known)
    return query.where(sa.or_(verdicts.c.day.is_(None), sa.not_(fresh)))


def _counted(deployment: str, *of: "sa.ColumnElement[bool]") -> sa.Subquery:
    """Rows by day."""
    rows = sa.select(sheets.c.day, sa.func.sum(sheets.c.rows).label("rows"))
    return rows.where(sheets.c.deployment == deployment, *of).group_by(sheets.c.day).subquery()


def _newest(deployment: str) -> "sa.ScalarSelect[int]":
    """Of a counted day, the last entry that concerns it."""
    mine = sa.and_(acceptances.c.deployment == deployment, acceptances.c.since <= verdicts.c.day)
    return sa.select(sa.func.coalesce(sa.func.max(acceptances.c.number), 0)).where(mine).scalar_subquery()


class SqlPolicies:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def say(self, deployment: str, said: PolicySaid) -> None:
        values = {"deployment": deployment, **vars(said), "policy": vars(said.policy)}
        self._connection.execute(drift_policies.insert().values(**values))

    def said(self, deployment: str) -> list[PolicySaid]:
        query = drift_policies.select().where(drift_policies.c.deployment == deployment)
        rows = self._connection.execute(query.order_by(drift_policies.c.number.desc()))
        return [PolicySaid(row.number, _policy(row.policy), row.since, row.set_by) for row in rows]


def _policy(kept: dict[str, Any]) -> DriftPolicy:
    return DriftPolicy(**{**kept, "judged_by": Convention(kept["judged_by"])})


def _kept(table: sa.Table) -> "sa.Select[Any]":
    return sa.select(*(table.c[each.name] for each in fields(DayVerdicts) if each.name in table.c))


def _read(row: "sa.Row[Any]") -> DayVerdicts:
    values = list(row)
    values[RECORDS] = np.frombuffer(values[RECORDS], dtype=RECORD)
    return DayVerdicts(*values)
