"""Labels as they came, the newest of a row marked; how many there are; and the days whose scores have to be made
anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

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
    sa.Column("looked_at", Moment),
    sa.Index("ix_labels_deployment_row", "deployment", "row"),
)


def _index(name: str, *columns: sa.Column[Any], also: str = "", unique: bool = False) -> sa.Index:
    """Of some of the labels that count, so that finding them costs what they are, however many are kept. SQLite sees
    that an index fits only by the letter."""
    of_sqlite, of_postgresql = sa.text(f"counts = 1{also}"), sa.text(f"counts{also}")
    return sa.Index(name, *columns, unique=unique, sqlite_where=of_sqlite, postgresql_where=of_postgresql)


_index("ux_labels_newest", labels.c.deployment, labels.c.row, unique=True)
_index("ix_labels_of_day", labels.c.deployment, labels.c.day, also=" AND day IS NOT NULL")
_index("ix_labels_unmatched", labels.c.deployment, labels.c.received, also=" AND day IS NULL")
_index("ix_labels_pending", labels.c.deployment, labels.c.number, also=" AND day IS NULL AND looked_at IS NULL")

label_counts = sa.Table(
    "label_counts",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("kept", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("matched", sa.BigInteger, nullable=False),
    sa.Column("waiting", sa.BigInteger, nullable=False),
    sa.Column("newest", Moment),
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

    def hold(self, deployment: str) -> None:
        nothing = {"deployment": deployment, "kept": 0, "rows": 0, "matched": 0, "waiting": 0}
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        self._connection.execute(insert(label_counts).values(**nothing).on_conflict_do_nothing())
        mine = sa.select(label_counts.c.rows).where(label_counts.c.deployment == deployment)
        self._connection.execute(mine.with_for_update())

    def latest(self, deployment: str, rows: Sequence[str]) -> dict[str, float]:
        found: dict[str, float] = {}
        query = sa.select(labels.c.row, labels.c.value)
        for piece in _pieces(rows):
            for row in self._connection.execute(query.where(*_counting(deployment), labels.c.row.in_(piece))):
                found[row.row] = row.value
        return found

    def add(self, deployment: str, added: Sequence[Label], *, corrected: Sequence[str]) -> None:
        if not added:
            return
        before = self._retire(deployment, corrected)
        newest = {label.row: place for place, label in enumerate(added)}
        rows = [
            {
                **vars(label),
                "deployment": deployment,
                "counts": newest[label.row] == place,
                "day": before[label.row].day if label.row in before else None,
                "looked_at": before[label.row].looked_at if label.row in before else None,
            }
            for place, label in enumerate(added)
        ]
        self._connection.execute(labels.insert(), rows)
        fresh = len(newest.keys() - before.keys())
        latest = max(label.received for label in added)
        self._count(deployment, kept=len(rows), rows=fresh, waiting=fresh, newest=latest)
        self._mark(deployment, {each.day for each in before.values() if each.day})

    def pending(self, deployment: str, *, limit: int, before: datetime | None = None) -> list[str]:
        query = sa.select(labels.c.row).where(*_pending(deployment)).order_by(labels.c.number).limit(limit)
        return list(self._connection.scalars(query if before is None else query.where(labels.c.received < before)))

    def place(self, deployment: str, days: Mapping[str, str]) -> None:
        """The rows of history get their day too."""
        if not self._unmatched(deployment):
            return
        query = sa.select(labels.c.row, labels.c.looked_at).where(*_unmatched(deployment))
        for piece in _pieces(list(days)):
            there = self._connection.execute(query.where(labels.c.row.in_(piece))).all()
            for day in sorted({days[each.row] for each in there}):
                mine = [each.row for each in there if days[each.row] == day]
                one = sa.and_(labels.c.deployment == deployment, labels.c.row.in_(mine), labels.c.day.is_(None))
                self._connection.execute(labels.update().where(one).values(day=day))
            waited = sum(each.looked_at is None for each in there)
            self._count(deployment, matched=len(there), waiting=-waited)
            self._mark(deployment, {days[each.row] for each in there})

    def looked_for(self, deployment: str, rows: Sequence[str], *, at: datetime) -> None:
        for piece in _pieces(rows):
            mine = labels.update().where(*_pending(deployment), labels.c.row.in_(piece)).values(looked_at=at)
            self._count(deployment, waiting=-self._connection.execute(mine).rowcount)

    def of_day(self, deployment: str, day: str, *, since: datetime | None = None) -> dict[str, float]:
        query = sa.select(labels.c.row, labels.c.value).where(*_counting(deployment), labels.c.day == day)
        query = query if since is None else query.where(labels.c.received >= since)
        return {row.row: row.value for row in self._connection.execute(query)}

    def touch(self, deployment: str, days: Sequence[str]) -> None:
        query = sa.select(labels.c.number).where(*_counting(deployment)).limit(1)
        touched = {day for day in days if self._connection.scalar(query.where(labels.c.day == day)) is not None}
        self._mark(deployment, touched)

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

    def erase(self, deployment: str, rows: Sequence[str]) -> int:
        gone = {"kept": 0, "rows": 0, "matched": 0, "waiting": 0}
        days: set[str] = set()
        query = sa.select(labels.c.day, labels.c.looked_at)
        for piece in _pieces(rows):
            there = self._connection.execute(query.where(*_counting(deployment), labels.c.row.in_(piece))).all()
            days |= {each.day for each in there if each.day}
            gone["rows"] += len(there)
            gone["matched"] += sum(each.day is not None for each in there)
            gone["waiting"] += sum(each.day is None and each.looked_at is None for each in there)
            mine = sa.and_(labels.c.deployment == deployment, labels.c.row.in_(piece))
            gone["kept"] += self._connection.execute(labels.delete().where(mine)).rowcount
        self._count(deployment, newest=None, **{name: -count for name, count in gone.items()})
        self._mark(deployment, days)
        return gone["rows"]

    def status(self, deployment: str) -> Status:
        found = self._connection.execute(label_counts.select().where(label_counts.c.deployment == deployment)).first()
        stale = sa.select(sa.func.count()).select_from(stale_days).where(stale_days.c.deployment == deployment)
        days_waiting = self._connection.scalar(stale) or 0
        if found is None:
            return Status(0, 0, 0, 0, 0, days_waiting, None)
        return Status(
            rows=found.rows,
            matched=found.matched,
            unmatched=found.rows - found.matched,
            waiting=found.waiting,
            corrections=found.kept - found.rows,
            days_waiting=days_waiting,
            newest=found.newest,
        )

    def unmatched(self, deployment: str, *, since: Sequence[datetime]) -> list[int]:
        query = sa.select(sa.func.count()).select_from(labels).where(*_unmatched(deployment))
        return [self._connection.scalar(query.where(labels.c.received >= each)) or 0 for each in since]

    def _retire(self, deployment: str, rows: Sequence[str]) -> dict[str, "sa.Row[tuple[str, str, datetime]]"]:
        """The values that counted of these rows count no longer; where these rows were, and whether looked for."""
        before: dict[str, sa.Row[tuple[str, str, datetime]]] = {}
        query = sa.select(labels.c.row, labels.c.day, labels.c.looked_at)
        for piece in _pieces(list(dict.fromkeys(rows))):
            mine = (*_counting(deployment), labels.c.row.in_(piece))
            before |= {each.row: each for each in self._connection.execute(query.where(*mine))}
            self._connection.execute(labels.update().where(*mine).values(counts=False))
        return before

    def _mark(self, deployment: str, days: set[str]) -> None:
        if not days:
            return
        query = sa.select(stale_days.c.day).where(stale_days.c.deployment == deployment, stale_days.c.day.in_(days))
        missing = sorted(days - set(self._connection.scalars(query)))
        if missing:
            self._connection.execute(stale_days.insert(), [{"deployment": deployment, "day": day} for day in missing])

    def _unmatched(self, deployment: str) -> int:
        query = sa.select(label_counts.c.rows - label_counts.c.matched).where(label_counts.c.deployment == deployment)
        return self._connection.scalar(query) or 0

    def _count(self, deployment: str, *, newest: datetime | None = None, **more: int) -> None:
        values = {name: label_counts.c[name] + by for name, by in more.items()}
        mine = label_counts.update().where(label_counts.c.deployment == deployment)
        self._connection.execute(mine.values(**values, **({"newest": newest} if newest else {})))


def _counting(deployment: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return labels.c.deployment == deployment, labels.c.counts


def _unmatched(deployment: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_counting(deployment), labels.c.day.is_(None))


def _pending(deployment: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_unmatched(deployment), labels.c.looked_at.is_(None))


def _pieces(rows: Sequence[str]) -> list[Sequence[str]]:
    return [rows[start : start + PIECE] for start in range(0, len(rows), PIECE)]


def _label(row: "sa.Row[tuple[object, ...]]") -> Label:
    return Label(row=row.row, value=row.value, received=row.received, given_by=row.given_by, day=row.day)
