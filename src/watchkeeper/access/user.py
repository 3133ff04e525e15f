"""A person (or the first administrator) who is known here."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class User:
    id: str
    name: str
    administrator: bool
    created: datetime


@dataclass(frozen=True)
class Member:
    project: str
    user: str
    role: str


@dataclass(frozen=True)
class Identity:
    """Who is asking: a user, or a project's key. `session` is the digest of the session when one was used."""

    name: str
    user: User | None = None
    project: str | None = None
    session: str | None = None
