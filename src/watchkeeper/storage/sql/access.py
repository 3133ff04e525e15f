from datetime import datetime

import sqlalchemy as sa

from watchkeeper.access.key import Key
from watchkeeper.access.user import Member, User
from watchkeeper.storage.sql.metadata import Id, Moment, metadata

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    sa.Column("administrator", sa.Boolean, nullable=False),
    sa.Column("created", Moment, nullable=False),
)
members = sa.Table(
    "members",
    metadata,
    sa.Column("project", Id, sa.ForeignKey("projects.id"), primary_key=True),
    sa.Column("user", Id, sa.ForeignKey("users.id"), primary_key=True, index=True),
    sa.Column("role", sa.String(20), nullable=False),
)
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
)
links = sa.Table(
    "sign_in_links",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("user", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.Column("spent", Moment),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("user", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("expires", Moment, nullable=False),
)


class SqlUsers:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, user: User) -> None:
        self._connection.execute(users.insert().values(**vars(user)))

    def get(self, user: str) -> User | None:
        row = self._connection.execute(users.select().where(users.c.id == user)).mappings().first()
        return User(**row) if row else None

    def administrators(self) -> list[User]:
        rows = self._connection.execute(users.select().where(users.c.administrator).order_by(users.c.created))
        return [User(**row) for row in rows.mappings()]


class SqlMembers:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, member: Member) -> None:
        self._connection.execute(members.insert().values(**vars(member)))

    def role(self, *, project: str, user: str) -> str | None:
        return self._connection.scalar(
            sa.select(members.c.role).where(members.c.project == project, members.c.user == user)
        )

    def projects_of(self, user: str) -> list[str]:
        return list(self._connection.scalars(sa.select(members.c.project).where(members.c.user == user)))


class SqlKeys:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, key: Key) -> None:
        self._connection.execute(keys.insert().values(**vars(key)))

    def get(self, key: str) -> Key | None:
        return self._one(keys.c.id == key)

    def by_digest(self, digest: str) -> Key | None:
        return self._one(keys.c.digest == digest)

    def of_project(self, project: str) -> list[Key]:
        return self._many(keys.c.project == project)

    def all_working(self, now: datetime) -> list[Key]:
        return self._many(keys.c.revoked.is_(None), sa.or_(keys.c.expires.is_(None), keys.c.expires > now))

    def revoke(self, key: str, *, at: datetime) -> None:
        self._connection.execute(keys.update().where(keys.c.id == key, keys.c.revoked.is_(None)).values(revoked=at))

    def revoke_named(self, *, user: str, name: str, at: datetime) -> None:
        mine = sa.and_(keys.c.user == user, keys.c.name == name, keys.c.revoked.is_(None))
        self._connection.execute(keys.update().where(mine).values(revoked=at))

    def touch(self, digest: str, *, at: datetime) -> None:
        self._connection.execute(keys.update().where(keys.c.digest == digest).values(last_used=at))

    def _one(self, condition: sa.ColumnElement[bool]) -> Key | None:
        row = self._connection.execute(keys.select().where(condition)).mappings().first()
        return Key(**row) if row else None

    def _many(self, *conditions: sa.ColumnElement[bool]) -> list[Key]:
        rows = self._connection.execute(keys.select().where(*conditions).order_by(keys.c.created))
        return [Key(**row) for row in rows.mappings()]


class SqlLinks:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, digest: str, *, user: str, expires: datetime) -> None:
        self._connection.execute(links.insert().values(digest=digest, user=user, expires=expires))

    def spend(self, digest: str, *, at: datetime) -> str | None:
        unspent = sa.and_(links.c.digest == digest, links.c.spent.is_(None), links.c.expires > at)
        if self._connection.execute(links.update().where(unspent).values(spent=at)).rowcount != 1:
            return None
        return self._connection.scalar(sa.select(links.c.user).where(links.c.digest == digest))


class SqlSessions:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, digest: str, *, user: str, expires: datetime) -> None:
        self._connection.execute(sessions.insert().values(digest=digest, user=user, expires=expires))

    def user(self, digest: str, *, at: datetime) -> str | None:
        return self._connection.scalar(
            sa.select(sessions.c.user).where(sessions.c.digest == digest, sessions.c.expires > at)
        )

    def remove(self, digest: str) -> None:
        self._connection.execute(sessions.delete().where(sessions.c.digest == digest))
