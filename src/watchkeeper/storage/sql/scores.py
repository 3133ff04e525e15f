"""Scores: the tally of the labelled rows of each part of a day, by release and role."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from watchkeeper.monitoring.answers.scored import added
from watchkeeper.monitoring.performance.tally import Tally
from watchkeeper.monitoring.ports import ScoreCell
from watchkeeper.storage.sql.metadata import Id, metadata


def _table(name: str) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        sa.Column("deployment", Id, primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("release", sa.Integer, primary_key=True),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("shared", sa.Boolean, primary_key=True),
        sa.Column("task", sa.String(20), nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("tally", sa.LargeBinary, nullable=False),
    )


scores = _table("scores")
gone_scores = _table("gone_scores")
"""Of rows that have gone."""


class SqlScores:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def replace_day(self, deployment: str, day: str, cells: Sequence[ScoreCell]) -> None:
        self._replace(scores, deployment, day, cells)

    def cells(self, deployment: str, *, start: str, end: str, shared: bool, role: str | None = None) -> list[ScoreCell]:
        query = _kept(scores).where(
            scores.c.deployment == deployment, scores.c.day.between(start, end), scores.c.shared == shared
        )
        if role is not None:
            query = query.where(scores.c.role == role)
        return [_cell(*row) for row in self._connection.execute(query.order_by(scores.c.day, scores.c.part))]

    def keep_gone(self, deployment: str, cells: Sequence[ScoreCell]) -> None:
        for day in sorted({cell.day for cell in cells}):
            mine = [cell for cell in cells if cell.day == day]
            self._replace(gone_scores, deployment, day, added([*self.gone(deployment, day), *mine]))

    def gone(self, deployment: str, day: str) -> list[ScoreCell]:
        query = _kept(gone_scores).where(gone_scores.c.deployment == deployment, gone_scores.c.day == day)
        return [_cell(*row) for row in self._connection.execute(query.order_by(gone_scores.c.part))]

    def labelled(self, deployment: str, *, start: str, end: str) -> dict[tuple[str, str], int]:
        query = sa.select(scores.c.day, scores.c.role, sa.func.sum(scores.c.rows)).group_by(scores.c.day, scores.c.role)
        mine = (scores.c.deployment == deployment, scores.c.day.between(start, end), sa.not_(scores.c.shared))
        return {(day, role): int(rows) for day, role, rows in self._connection.execute(query.where(*mine))}

    def _replace(self, table: sa.Table, deployment: str, day: str, cells: Sequence[ScoreCell]) -> None:
        self._connection.execute(table.delete().where(table.c.deployment == deployment, table.c.day == day))
        rows = [
            {
                **{name: getattr(cell, name) for name in ("day", "part", "release", "role", "shared")},
                "deployment": deployment,
                "task": cell.tally.task,
                "rows": cell.tally.rows,
                "tally": cell.tally.to_bytes(),
            }
            for cell in cells
        ]
        if rows:
            self._connection.execute(table.insert(), rows)


def _kept(table: sa.Table) -> "sa.Select[Any]":
    return sa.select(*(table.c[name] for name in ("task", "tally", "day", "part", "release", "role", "shared")))


def _cell(task: str, tally: bytes, day: str, part: int, release: int, role: str, shared: bool) -> ScoreCell:
    return ScoreCell(day, part, release, role, shared, Tally.from_bytes(task, tally))
