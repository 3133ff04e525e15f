"""A person (or the first administrator) who is known here."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class User:
    """`login` is in small letters; `password` is its hash, None where there is none. A disabled user is nobody."""

    id: str
    name: str
    administrator: bool
    created: datetime
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    disabled: datetime | None = None


@dataclass(frozen=True)
class Member:
    project: str
    user: str
    role: str


@dataclass(frozen=True)
class Ticket:
    """Whom a sign-in link or a session lets in. One that was asked for with a key ends with that key."""

    user: str
    key: str | None = None


@dataclass(frozen=True)
class Identity:
    """Who is asking: a user, or a project's key. `session` is the digest of the session when one was used, `key` the
    id of the key that was, or that the session was begun with. Of a key, `scopes` are what it may be used for (none:
    all that its user may), `deployment` is the only one it may reach, and it ends at `expires`."""

    name: str
    user: User | None = None
    project: str | None = None
    session: str | None = None
    scopes: tuple[str, ...] = ()
    deployment: str | None = None
    expires: datetime | None = None
    key: str | None = None
