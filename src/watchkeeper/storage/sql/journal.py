"""The journal's manifest: which files hold it, how far each segment is collected, what is owed, which ids were seen."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from watchkeeper.monitoring.ports import JournalFile, Owed
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.retention import journal_gone

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("holder", sa.String(80), nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("until", Moment, nullable=False),
)
segments = sa.Table(
    "segments",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("segment", sa.String(80), primary_key=True),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
)
journal_files = sa.Table(
    "journal_files",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("first", Moment, nullable=False),
    sa.Column("last", Moment, nullable=False),
    sa.Column("made", Moment, nullable=False),
    sa.Column("retired", Moment),
)
owed_calls = sa.Table(
    "owed_calls",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("call", Id, primary_key=True),
    sa.Column("segment", sa.String(80), nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("release", sa.Integer, nullable=False),
    sa.Column("model", Id, nullable=False),
    sa.Column("received", Moment, nullable=False),
    sa.Column("duplicates", sa.JSON, nullable=False),
)
seen_ids = sa.Table(
    "seen_ids",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("at", Moment, nullable=False, server_default="0"),
    sa.Index(None, "deployment", "at"),
)
PIECE = 500


class SqlLease:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take(self, name: str, *, holder: str, now: datetime, until: datetime) -> int | None:
        row = self._connection.execute(leases.select().where(leases.c.name == name).with_for_update()).first()
        if row is None:
            self._connection.execute(leases.insert().values(name=name, holder=holder, token=1, until=until))
            return 1
        if row.holder != holder and row.until > now:
            return None
        token = row.token if row.holder == holder else row.token + 1
        self._connection.execute(
            leases.update().where(leases.c.name == name).values(holder=holder, token=token, until=until)
        )
        return int(token)

    def still(self, name: str, token: int) -> bool:
        mine = leases.update().where(leases.c.name == name, leases.c.token == token).values(token=token)
        return self._connection.execute(mine).rowcount == 1

    def leave(self, holder: str, *, at: datetime) -> None:
        held = sa.and_(leases.c.holder == holder, leases.c.until > at)
        self._connection.execute(leases.update().where(held).values(until=at))


class SqlJournal:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def offset(self, deployment: str, segment: str) -> int:
        query = sa.select(segments.c.offset).where(segments.c.deployment == deployment, segments.c.segment == segment)
        return self._connection.scalar(query) or 0

    def advance(self, deployment: str, segment: str, offset: int, *, closed: bool) -> None:
        mine = sa.and_(segments.c.deployment == deployment, segments.c.segment == segment)
        values = {"offset": offset, "closed": closed}
        if self._connection.execute(segments.update().where(mine).values(**values)).rowcount == 0:
            self._connection.execute(segments.insert().values(deployment=deployment, segment=segment, **values))

    def closed(self, deployment: str) -> set[str]:
        query = sa.select(segments.c.segment).where(segments.c.deployment == deployment, segments.c.closed)
        return set(self._connection.scalars(query))

    def forget(self, deployment: str, segment: str) -> None:
        mine = sa.and_(segments.c.deployment == deployment, segments.c.segment == segment)
        self._connection.execute(segments.delete().where(mine))

    def add_file(self, deployment: str, file: JournalFile) -> None:
        self._connection.execute(journal_files.insert().values(deployment=deployment, **vars(file)))

    def retire_files(self, deployment: str, names: Sequence[str], *, at: datetime) -> None:
        mine = sa.and_(journal_files.c.deployment == deployment, journal_files.c.name.in_(names))
        self._connection.execute(journal_files.update().where(mine).values(retired=at))

    def retired(self, deployment: str, *, before: datetime) -> list[str]:
        query = sa.select(journal_files.c.name).where(
            journal_files.c.deployment == deployment, journal_files.c.retired < before
        )
        return list(self._connection.scalars(query))

    def drop_retired(self, deployment: str, names: Sequence[str]) -> None:
        mine = sa.and_(
            journal_files.c.deployment == deployment,
            journal_files.c.name.in_(names),
            journal_files.c.retired.is_not(None),
        )
        self._connection.execute(journal_files.delete().where(mine))

    def files(
        self, deployment: str, *, role: str | None = None, start: datetime | None = None, end: datetime | None = None
    ) -> list[JournalFile]:
        query = journal_files.select().where(
            journal_files.c.deployment == deployment, journal_files.c.retired.is_(None)
        )
        if role is not None:
            query = query.where(journal_files.c.role == role)
        if start is not None:
            query = query.where(journal_files.c.last >= start)
        if end is not None:
            query = query.where(journal_files.c.first < end)
        rows = self._connection.execute(query.order_by(journal_files.c.first, journal_files.c.name)).mappings()
        return [JournalFile(**{n: v for n, v in row.items() if n not in {"deployment", "retired"}}) for row in rows]

    def reach(self, deployment: str) -> tuple[datetime, datetime] | None:
        there = sa.select(sa.func.min(journal_files.c.first), sa.func.max(journal_files.c.last)).where(
            journal_files.c.deployment == deployment, journal_files.c.retired.is_(None)
        )
        gone = sa.select(journal_gone.c.first, journal_gone.c.last).where(journal_gone.c.deployment == deployment)
        known = [row for query in (there, gone) if (row := self._connection.execute(query).first()) and row[1]]
        return (min(row[0] for row in known), max(row[1] for row in known)) if known else None

    def size(self, deployment: str) -> tuple[int, int]:
        query = sa.select(sa.func.sum(journal_files.c.rows), sa.func.sum(journal_files.c.bytes)).where(
            journal_files.c.deployment == deployment, journal_files.c.retired.is_(None)
        )
        rows, size = self._connection.execute(query).one()
        return int(rows or 0), int(size or 0)

    def names(self, deployment: str) -> set[str]:
        query = sa.select(journal_files.c.name).where(journal_files.c.deployment == deployment)
        return set(self._connection.scalars(query))

    def seen(self, deployment: str, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(ids), PIECE):
            query = sa.select(seen_ids.c.id).where(
                seen_ids.c.deployment == deployment, seen_ids.c.id.in_(ids[start : start + PIECE])
            )
            found.update(self._connection.scalars(query))
        return found

    def see(self, deployment: str, ids: Iterable[str], *, at: datetime) -> None:
        rows = [{"deployment": deployment, "id": each, "at": at} for each in ids]
        if rows:
            self._connection.execute(seen_ids.insert(), rows)

    def forget_seen(self, deployment: str, *, before: datetime, limit: int) -> int:
        old = sa.select(seen_ids.c.id).where(seen_ids.c.deployment == deployment, seen_ids.c.at < before).limit(limit)
        mine = sa.and_(seen_ids.c.deployment == deployment, seen_ids.c.id.in_(old))
        return self._connection.execute(seen_ids.delete().where(mine)).rowcount

    def owed(self, deployment: str, *, calls: Sequence[str] | None = None, limit: int | None = None) -> list[Owed]:
        query = owed_calls.select().where(owed_calls.c.deployment == deployment)
        if calls is None:
            return [_owed(row) for row in self._connection.execute(_oldest(query, limit)).mappings()]
        found: list[Owed] = []
        for start in range(0, len(calls), PIECE):
            piece = query.where(owed_calls.c.call.in_(calls[start : start + PIECE]))
            found += [_owed(row) for row in self._connection.execute(piece).mappings()]
        return found

    def owe(self, deployment: str, owed: Sequence[Owed]) -> None:
        rows = [{**vars(each), "duplicates": list(each.duplicates), "deployment": deployment} for each in owed]
        if rows:
            self._connection.execute(owed_calls.insert(), rows)

    def settle(self, deployment: str, calls: Sequence[str]) -> None:
        for start in range(0, len(calls), PIECE):
            mine = sa.and_(owed_calls.c.deployment == deployment, owed_calls.c.call.in_(calls[start : start + PIECE]))
            self._connection.execute(owed_calls.delete().where(mine))

    def owed_count(self, deployment: str) -> int:
        query = sa.select(sa.func.count()).select_from(owed_calls).where(owed_calls.c.deployment == deployment)
        return self._connection.scalar(query) or 0


def _oldest(query: sa.Select[tuple[object, ...]], limit: int | None) -> sa.Select[tuple[object, ...]]:
    ordered = query.order_by(owed_calls.c.received, owed_calls.c.call)
    return ordered if limit is None else ordered.limit(limit)


def _owed(row: sa.RowMapping) -> Owed:
    values = {name: value for name, value in row.items() if name != "deployment"}
    return Owed(**{**values, "duplicates": tuple(row["duplicates"])})
