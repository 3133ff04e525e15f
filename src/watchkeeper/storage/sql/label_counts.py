"""Labels counted by the day of their row."""

from collections.abc import Mapping

import sqlalchemy as sa

from watchkeeper.monitoring.compact import packed, unpacked
from watchkeeper.monitoring.ports import Counts
from watchkeeper.storage.sql.metadata import Id, metadata
from watchkeeper.storage.sql.monitoring import Day
from watchkeeper.tables.bins import BinSet

label_bins = sa.Table(
    "label_bins",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("bins", sa.JSON, nullable=False),
)
label_days = sa.Table(
    "label_days",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("day", Day, primary_key=True),
    sa.Column("gone", sa.Boolean, primary_key=True),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)


class SqlLabelCounts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def bins(self, deployment: str) -> BinSet | None:
        kept = self._connection.scalar(sa.select(label_bins.c.bins).where(label_bins.c.deployment == deployment))
        return None if kept is None else BinSet.from_json(kept)

    def keep_bins(self, deployment: str, bins: BinSet) -> None:
        self._connection.execute(label_bins.insert().values(deployment=deployment, bins=bins.to_json()))

    def replace_day(self, deployment: str, day: str, counts: Counts) -> None:
        self._replace(deployment, day, counts, gone=False)

    def keep_gone(self, deployment: str, day: str, counts: Counts) -> None:
        before = self.gone(deployment, day)
        self._replace(deployment, day, counts if before is None else before + counts, gone=True)

    def gone(self, deployment: str, day: str) -> Counts | None:
        mine = self._mine(deployment, gone=True)
        kept = self._connection.scalar(sa.select(label_days.c.counts).where(mine, label_days.c.day == day))
        return None if kept is None else unpacked(kept)

    def between(self, deployment: str, *, start: str, end: str) -> Mapping[str, Counts]:
        query = label_days.select().where(self._mine(deployment, gone=False), label_days.c.day.between(start, end))
        return {row.day: unpacked(row.counts) for row in self._connection.execute(query.order_by(label_days.c.day))}

    def _mine(self, deployment: str, *, gone: bool) -> "sa.ColumnElement[bool]":
        return sa.and_(label_days.c.deployment == deployment, label_days.c.gone == gone)

    def _replace(self, deployment: str, day: str, counts: Counts, *, gone: bool) -> None:
        mine = self._mine(deployment, gone=gone)
        self._connection.execute(label_days.delete().where(mine, label_days.c.day == day))
        if counts.sum():
            values = {"deployment": deployment, "day": day, "gone": gone, "counts": packed(counts)}
            self._connection.execute(label_days.insert().values(**values))
