from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from watchkeeper.access.errors import LoginTaken
from watchkeeper.access.invitation import Invitation
from watchkeeper.access.user import Member, Ticket, User
from watchkeeper.storage.sql.metadata import Id, Moment, metadata

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    sa.Column("administrator", sa.Boolean, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("login", sa.String(200), unique=True, index=True),
    sa.Column("password", sa.String(200)),
    sa.Column("disabled", Moment),
)
members = sa.Table(
    "members",
    metadata,
    sa.Column("project", Id, sa.ForeignKey("projects.id"), primary_key=True),
    sa.Column("user", Id, sa.ForeignKey("users.id"), primary_key=True, index=True),
    sa.Column("role", sa.String(20), nullable=False),
)
links = sa.Table(
    "sign_in_links",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("user", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.Column("spent", Moment),
    sa.Column("key", Id),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("user", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.Column("key", Id),
)
invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), nullable=False, index=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
    sa.Column("expires", Moment, nullable=False),
    sa.Column("accepted", Moment),
    sa.Column("withdrawn", Moment),
)
failed_sign_ins = sa.Table(
    "failed_sign_ins",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("login", sa.String(200), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("address", sa.String(60), nullable=False, server_default="", index=True),
)


class SqlUsers:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, user: User) -> None:
        with _each_one_once():
            self._connection.execute(users.insert().values(**vars(user)))

    def get(self, user: str) -> User | None:
        row = self._connection.execute(users.select().where(users.c.id == user)).mappings().first()
        return User(**row) if row else None

    def by_login(self, login: str) -> User | None:
        row = self._connection.execute(users.select().where(users.c.login == login)).mappings().first()
        return User(**row) if row else None

    def all(self) -> list[User]:
        rows = self._connection.execute(users.select().order_by(users.c.created, users.c.id))
        return [User(**row) for row in rows.mappings()]

    def replace(self, user: User) -> None:
        with _each_one_once():
            self._connection.execute(users.update().where(users.c.id == user.id).values(**vars(user)))

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

    def of_project(self, project: str) -> list[Member]:
        query = members.select().where(members.c.project == project).order_by(members.c.user)
        if self._connection.get_execution_options().get("writes"):
            query = query.with_for_update()
        return [Member(**row) for row in self._connection.execute(query).mappings()]

    def change(self, *, project: str, user: str, role: str) -> None:
        self._connection.execute(members.update().where(_of(project, user)).values(role=role))

    def remove(self, *, project: str, user: str) -> None:
        self._connection.execute(members.delete().where(_of(project, user)))

    def projects_of(self, user: str) -> list[str]:
        return list(self._connection.scalars(sa.select(members.c.project).where(members.c.user == user)))


class SqlLinks:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, digest: str, *, ticket: Ticket, expires: datetime) -> None:
        self._connection.execute(links.insert().values(digest=digest, expires=expires, **vars(ticket)))

    def spend(self, digest: str, *, at: datetime) -> Ticket | None:
        unspent = sa.and_(links.c.digest == digest, links.c.spent.is_(None), links.c.expires > at)
        if self._connection.execute(links.update().where(unspent).values(spent=at)).rowcount != 1:
            return None
        return _ticket(self._connection, sa.select(links.c.user, links.c.key).where(links.c.digest == digest))

    def cancel(self, user: str, *, at: datetime) -> None:
        unspent = sa.and_(links.c.user == user, links.c.spent.is_(None))
        self._connection.execute(links.update().where(unspent).values(spent=at))


class SqlSessions:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, digest: str, *, ticket: Ticket, expires: datetime) -> None:
        self._connection.execute(sessions.insert().values(digest=digest, expires=expires, **vars(ticket)))

    def ticket(self, digest: str, *, at: datetime) -> Ticket | None:
        query = sa.select(sessions.c.user, sessions.c.key)
        return _ticket(self._connection, query.where(sessions.c.digest == digest, sessions.c.expires > at))

    def remove(self, digest: str) -> None:
        self._connection.execute(sessions.delete().where(sessions.c.digest == digest))

    def end(self, user: str, *, but: str | None) -> None:
        self._connection.execute(sessions.delete().where(sessions.c.user == user, sessions.c.digest != (but or "")))


class SqlTries:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def note(self, login: str, *, address: str, at: datetime, forget: datetime) -> int:
        self._connection.execute(failed_sign_ins.delete().where(failed_sign_ins.c.at <= forget))
        noted = failed_sign_ins.insert().values(login=login, address=address, at=at).returning(failed_sign_ins.c.number)
        return int(self._connection.execute(noted).scalar_one())

    def count(self, *, login: str | None, address: str | None, since: datetime) -> int:
        query = sa.select(sa.func.count()).where(failed_sign_ins.c.at > since)
        if login is not None:
            query = query.where(failed_sign_ins.c.login == login)
        if address is not None:
            query = query.where(failed_sign_ins.c.address == address)
        return self._connection.scalar(query) or 0

    def forget(self, number: int) -> None:
        self._connection.execute(failed_sign_ins.delete().where(failed_sign_ins.c.number == number))

    def clear(self, login: str, *, address: str) -> None:
        mine = sa.and_(failed_sign_ins.c.login == login, failed_sign_ins.c.address == address)
        self._connection.execute(failed_sign_ins.delete().where(mine))


class SqlInvitations:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, invitation: Invitation) -> None:
        self._connection.execute(invitations.insert().values(**vars(invitation)))

    def by_digest(self, digest: str) -> Invitation | None:
        row = self._connection.execute(invitations.select().where(invitations.c.digest == digest)).mappings().first()
        return Invitation(**row) if row else None

    def of_project(self, project: str) -> list[Invitation]:
        query = invitations.select().where(invitations.c.project == project).order_by(invitations.c.created.desc())
        return [Invitation(**row) for row in self._connection.execute(query).mappings()]

    def take_up(self, invitation: str, *, at: datetime) -> bool:
        free = (invitations.c.id == invitation, invitations.c.accepted.is_(None), invitations.c.withdrawn.is_(None))
        return self._connection.execute(invitations.update().where(*free).values(accepted=at)).rowcount == 1

    def withdraw(self, invitation: str, *, project: str, at: datetime) -> None:
        mine = sa.and_(invitations.c.id == invitation, invitations.c.project == project)
        self._connection.execute(invitations.update().where(mine).values(withdrawn=at))


def _of(project: str, user: str) -> sa.ColumnElement[bool]:
    return sa.and_(members.c.project == project, members.c.user == user)


@contextmanager
def _each_one_once() -> Iterator[None]:
    """Two may ask for one name at the same moment; the second is told as if it had come later."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise LoginTaken("Somebody took that name or login just now; choose another.", fields=("name",)) from None


def _ticket(connection: sa.Connection, query: sa.Select[Any]) -> Ticket | None:
    row = connection.execute(query).mappings().first()
    return Ticket(**row) if row else None
