from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from watchkeeper.access.key import Key
from watchkeeper.access.rate import Rate, RateChange
from watchkeeper.storage.sql.metadata import Id, Moment, metadata

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("created", Moment, nullable=False),
    sa.Column("user", Id, sa.ForeignKey("users.id")),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), index=True),
    sa.Column("expires", Moment),
    sa.Column("revoked", Moment),
    sa.Column("last_used", Moment),
    sa.Column("scopes", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("deployment", Id),
    sa.Column("rate", sa.JSON(none_as_null=True)),
    sa.Column("made_by", Id),
    sa.Column("origin", Id),
)
rate_changes = sa.Table(
    "rate_changes",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("key", Id, nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON(none_as_null=True)),
)

PIECE = 500


class SqlKeys:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, key: Key) -> None:
        said = {**vars(key), "scopes": list(key.scopes), "rate": _said(key.rate)}
        self._connection.execute(keys.insert().values(**said))

    def get(self, key: str) -> Key | None:
        return self._one(keys.c.id == key)

    def by_digest(self, digest: str) -> Key | None:
        return self._one(keys.c.digest == digest)

    def of_project(self, project: str) -> list[Key]:
        return self._many(keys.c.project == project)

    def of_user(self, user: str) -> list[Key]:
        return self._many(keys.c.user == user)

    def made_by(self, key: str) -> list[Key]:
        return self._many(keys.c.made_by == key)

    def named(self, ids: Sequence[str]) -> list[Key]:
        return [key for n in range(0, len(ids), PIECE) for key in self._many(keys.c.id.in_(ids[n : n + PIECE]))]

    def expire(self, key: str, *, at: datetime) -> None:
        self._connection.execute(keys.update().where(keys.c.id == key).values(expires=at))

    def all_working(self, now: datetime) -> list[Key]:
        return self._many(keys.c.revoked.is_(None), sa.or_(keys.c.expires.is_(None), keys.c.expires > now))

    def revoke(self, key: str, *, at: datetime) -> None:
        self._connection.execute(keys.update().where(keys.c.id == key, keys.c.revoked.is_(None)).values(revoked=at))

    def revoke_named(self, *, user: str, name: str, at: datetime) -> None:
        mine = sa.and_(keys.c.user == user, keys.c.name == name, keys.c.revoked.is_(None))
        self._connection.execute(keys.update().where(mine).values(revoked=at))

    def set_rate(self, lineage: str, rate: Rate | None) -> None:
        mine = sa.or_(keys.c.id == lineage, keys.c.origin == lineage)
        self._connection.execute(keys.update().where(mine).values(rate=_said(rate)))

    def note_rate(self, change: RateChange) -> None:
        said = {**vars(change), "before": _said(change.before), "after": _said(change.after)}
        self._connection.execute(rate_changes.insert().values(**said))

    def rate_changes(self, lineages: Sequence[str]) -> list[RateChange]:
        query = sa.select(*(rate_changes.c[each.name] for each in fields(RateChange)))
        query = query.order_by(rate_changes.c.number.desc())
        pieces = (lineages[n : n + PIECE] for n in range(0, len(lineages), PIECE))
        rows = (self._connection.execute(query.where(rate_changes.c.key.in_(piece))).mappings() for piece in pieces)
        return [_rate_change(row) for found in rows for row in found]

    def touch(self, digest: str, *, at: datetime) -> None:
        self._connection.execute(keys.update().where(keys.c.digest == digest).values(last_used=at))

    def _one(self, condition: sa.ColumnElement[bool]) -> Key | None:
        row = self._connection.execute(keys.select().where(condition)).mappings().first()
        return _key(row) if row else None

    def _many(self, *conditions: sa.ColumnElement[bool]) -> list[Key]:
        rows = self._connection.execute(keys.select().where(*conditions).order_by(keys.c.created))
        return [_key(row) for row in rows.mappings()]


def _key(row: sa.RowMapping) -> Key:
    return Key(**{**row, "scopes": tuple(row["scopes"]), "rate": _rate(row["rate"])})


def _rate_change(row: sa.RowMapping) -> RateChange:
    return RateChange(**{**row, "before": _rate(row["before"]), "after": _rate(row["after"])})


def _rate(said: Mapping[str, Any] | None) -> Rate | None:
    return Rate(**said) if said else None


def _said(rate: Rate | None) -> dict[str, Any] | None:
    return rate.document() if rate else None
