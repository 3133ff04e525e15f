"""Labels as they came, the newest of a row marked; and the days whose scores have to be made anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from watchkeeper.labels.label import Label, Status
from watchkeeper.storage.sql.metadata import Id, Moment, metadata

labels = sa.Table(
    "labels",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("deployment", Id, sa.ForeignKey("deployments.id"), nullable=False),
    sa.Column("row", sa.String(200), nullable=False),
    sa.Column("value", sa.Float, nullable=False),
    sa.Column("received", Moment, nullable=False),
    sa.Column("given_by", sa.String(80), nullable=False),
    sa.Column("counts", sa.Boolean, nullable=False),
    sa.Column("day", sa.String(10)),
    sa.Column("looked", sa.BigInteger),
    sa.Column("looked_at", Moment),
    sa.Index("ix_labels_deployment_row", "deployment", "row"),
    sa.Index("ix_labels_deployment_day", "deployment", "day"),
)
stale_days = sa.Table(
    "stale_days",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
)
PIECE = 500


class SqlLabels:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def latest(self, deployment: str, rows: Sequence[str]) -> dict[str, float]:
        found: dict[str, float] = {}
        query = sa.select(labels.c.row, labels.c.value)
        for piece in _pieces(rows):
            for row in self._connection.execute(query.where(*_counting(deployment), labels.c.row.in_(piece))):
                found[row.row] = row.value
        return found

    def add(self, deployment: str, added: Sequence[Label], *, corrected: Sequence[str]) -> None:
        days = self._retire(deployment, corrected)
        newest = {label.row: place for place, label in enumerate(added)}
        rows = [
            {**vars(label), "deployment": deployment, "counts": newest[label.row] == place, "day": days.get(label.row)}
            for place, label in enumerate(added)
        ]
        if rows:
            self._connection.execute(labels.insert(), rows)
        self._mark(deployment, set(days.values()))

    def pending(self, deployment: str, *, seen: int, limit: int) -> list[tuple[str, datetime | None]]:
        query = (
            sa.select(labels.c.row, labels.c.looked_at)
            .where(*_counting(deployment), labels.c.day.is_(None), _not_looked(seen))
            .order_by(labels.c.looked.is_not(None), labels.c.looked, labels.c.number)
            .limit(limit)
        )
        return [(row.row, row.looked_at) for row in self._connection.execute(query)]

    def place(self, deployment: str, days: Mapping[str, str]) -> None:
        for day in sorted(set(days.values())):
            for piece in _pieces([row for row, of in days.items() if of == day]):
                mine = sa.and_(labels.c.deployment == deployment, labels.c.row.in_(piece))
                self._connection.execute(labels.update().where(mine).values(day=day))
        self._mark(deployment, set(days.values()))

    def looked_for(self, deployment: str, rows: Sequence[str], *, seen: int, at: datetime) -> None:
        for piece in _pieces(rows):
            mine = sa.and_(labels.c.deployment == deployment, labels.c.row.in_(piece))
            self._connection.execute(labels.update().where(mine).values(looked=seen, looked_at=at))

    def of_day(self, deployment: str, day: str) -> dict[str, float]:
        query = sa.select(labels.c.row, labels.c.value).where(*_counting(deployment), labels.c.day == day)
        return {row.row: row.value for row in self._connection.execute(query)}

    def touch(self, deployment: str, days: Sequence[str]) -> None:
        query = sa.select(labels.c.day).distinct().where(*_counting(deployment), labels.c.day.in_(days))
        self._mark(deployment, set(self._connection.scalars(query)))

    def stale(self, deployment: str, *, limit: int) -> list[str]:
        query = sa.select(stale_days.c.day).where(stale_days.c.deployment == deployment).order_by(stale_days.c.day)
        return list(self._connection.scalars(query.limit(limit)))

    def freshen(self, deployment: str, day: str) -> None:
        mine = sa.and_(stale_days.c.deployment == deployment, stale_days.c.day == day)
        self._connection.execute(stale_days.delete().where(mine))

    def history(self, deployment: str, row: str) -> list[Label]:
        query = labels.select().where(labels.c.deployment == deployment, labels.c.row == row)
        return [_label(each) for each in self._connection.execute(query.order_by(labels.c.number.desc()))]

    def all(self, deployment: str, *, after: str, limit: int) -> list[Label]:
        query = labels.select().where(*_counting(deployment), labels.c.row > after).order_by(labels.c.row).limit(limit)
        return [_label(each) for each in self._connection.execute(query)]

    def status(self, deployment: str) -> Status:
        mine = labels.c.deployment == deployment
        counts = sa.case((labels.c.counts, 1), else_=0)
        matched = sa.case((sa.and_(labels.c.counts, labels.c.day.is_not(None)), 1), else_=0)
        waiting = sa.case((sa.and_(labels.c.counts, labels.c.day.is_(None), labels.c.looked.is_(None)), 1), else_=0)
        sums = [sa.func.coalesce(sa.func.sum(each), 0) for each in (counts, matched, waiting)]
        columns: list[sa.ColumnElement[Any]] = [*sums, sa.func.count(), sa.func.max(labels.c.received)]
        query = sa.select(*columns).where(mine)
        rows, placed, unseen, everything, newest = self._connection.execute(query).one()
        stale = sa.select(sa.func.count()).select_from(stale_days).where(stale_days.c.deployment == deployment)
        return Status(
            rows=int(rows),
            matched=int(placed),
            unmatched=int(rows - placed),
            waiting=int(unseen),
            corrections=int(everything - rows),
            days_waiting=self._connection.scalar(stale) or 0,
            newest=newest,
        )

    def _retire(self, deployment: str, rows: Sequence[str]) -> dict[str, str]:
        """The values that counted of these rows count no longer; the rows' days, where they are known."""
        days: dict[str, str] = {}
        query = sa.select(labels.c.row, labels.c.day)
        for piece in _pieces(list(dict.fromkeys(rows))):
            mine = (*_counting(deployment), labels.c.row.in_(piece))
            days |= {each.row: each.day for each in self._connection.execute(query.where(*mine)) if each.day}
            self._connection.execute(labels.update().where(*mine).values(counts=False))
        return days

    def _mark(self, deployment: str, days: set[str]) -> None:
        if not days:
            return
        query = sa.select(stale_days.c.day).where(stale_days.c.deployment == deployment, stale_days.c.day.in_(days))
        missing = sorted(days - set(self._connection.scalars(query)))
        if missing:
            self._connection.execute(stale_days.insert(), [{"deployment": deployment, "day": day} for day in missing])


def _counting(deployment: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return labels.c.deployment == deployment, labels.c.counts


def _not_looked(seen: int) -> sa.ColumnElement[bool]:
    return sa.or_(labels.c.looked.is_(None), labels.c.looked < seen)


def _pieces(rows: Sequence[str]) -> list[Sequence[str]]:
    return [rows[start : start + PIECE] for start in range(0, len(rows), PIECE)]


def _label(row: "sa.Row[tuple[object, ...]]") -> Label:
    return Label(row=row.row, value=row.value, received=row.received, given_by=row.given_by, day=row.day)
