"""What has been counted hour by hour, a row an hour, role and release."""

from collections.abc import Iterator, Sequence

import numpy as np
import sqlalchemy as sa

from watchkeeper.monitoring.compact import packed, unpacked
from watchkeeper.monitoring.drift.seasons.strata import BLOCKS
from watchkeeper.monitoring.ports import DayBlocks, HourSheet
from watchkeeper.storage.sql.metadata import Id, metadata
from watchkeeper.storage.sql.monitoring import Day
from watchkeeper.storage.sql.packed import AT_ONCE, add_sheets

hour_sheets = sa.Table(
    "hour_sheets",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("hour", sa.Integer, primary_key=True),
    sa.Column("release", sa.Integer, primary_key=True),
    sa.Column("role", sa.String(20), primary_key=True),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)

day_blocks = sa.Table(
    "day_blocks",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("day", Day, primary_key=True),
    sa.Column("release", sa.Integer, primary_key=True),
    sa.Column("role", sa.String(20), primary_key=True),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)
"""The counts are the rows of each block, and then how many of them miss each column's value."""


class SqlHours:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, deployment: str, sheets: Sequence[HourSheet]) -> None:
        add_sheets(self._connection, hour_sheets, deployment, sheets, key=("hour", "release", "role"))

    def between(self, deployment: str, *, role: str, start: int, end: int) -> Iterator[HourSheet]:
        mine = sa.and_(
            hour_sheets.c.deployment == deployment,
            hour_sheets.c.hour >= start,
            hour_sheets.c.hour < end,
            hour_sheets.c.role == role,
        )
        query = hour_sheets.select().where(mine).order_by(hour_sheets.c.hour)
        for row in self._connection.execute(query.execution_options(yield_per=AT_ONCE)):
            yield HourSheet(row.release, row.role, row.hour, row.rows, row.counts)

    def newest(self, deployment: str, *, role: str) -> int | None:
        mine = sa.and_(hour_sheets.c.deployment == deployment, hour_sheets.c.role == role)
        found: int | None = self._connection.scalar(sa.select(sa.func.max(hour_sheets.c.hour)).where(mine))
        return found

    def let_go(self, deployment: str, *, before: int, limit: int) -> int:
        mine = sa.and_(hour_sheets.c.deployment == deployment, hour_sheets.c.hour < before)
        query = sa.select(hour_sheets.c.hour).distinct().where(mine).order_by(hour_sheets.c.hour).limit(limit)
        hours = list(self._connection.scalars(query))
        if hours:
            self._connection.execute(hour_sheets.delete().where(mine, hour_sheets.c.hour <= hours[-1]))
        return len(hours)

    def keep_blocks(self, deployment: str, blocks: Sequence[DayBlocks]) -> None:
        days = sorted({each.day for each in blocks})
        gone = sa.and_(day_blocks.c.deployment == deployment, day_blocks.c.day.in_(days))
        self._connection.execute(day_blocks.delete().where(gone))
        rows = [
            {
                "deployment": deployment,
                "day": each.day,
                "release": each.release,
                "role": each.role,
                "counts": packed(np.column_stack([each.rows, each.missing])),
            }
            for each in blocks
        ]
        if rows:
            self._connection.execute(day_blocks.insert(), rows)

    def blocks(self, deployment: str, *, start: str, end: str) -> dict[str, list[DayBlocks]]:
        query = day_blocks.select().where(day_blocks.c.deployment == deployment, day_blocks.c.day.between(start, end))
        found: dict[str, list[DayBlocks]] = {}
        for row in self._connection.execute(query):
            counts = unpacked(row.counts).reshape(BLOCKS, -1)
            found.setdefault(row.day, []).append(DayBlocks(row.day, row.release, row.role, counts[:, 0], counts[:, 1:]))
        return found
