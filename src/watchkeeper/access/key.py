"""Keys: a 256-bit secret shown once, kept only as its SHA-256."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from watchkeeper.access.rate import Rate

PREFIX = "wk_"


class Scope(StrEnum):
    """What a key may be used for."""

    PREDICT = "predict"
    LABEL = "label"
    READ = "read"
    READ_ROWS = "read_rows"
    METRICS = "metrics"


@dataclass(frozen=True)
class Key:
    """A personal key has a user, a project key has a project, and with `deployment` only that one is open to it.
    `scopes` say what it may be used for; a personal key without any may do all that its user may. `rate` is of
    predictions; without, as many as can be answered. `made_by` is the key that
    asked for it, or whose sign-in link began the session that did; `origin` is the first of the keys that it follows by
    rotation."""

    id: str
    name: str
    digest: str
    created: datetime
    user: str | None = None
    project: str | None = None
    expires: datetime | None = None
    revoked: datetime | None = None
    last_used: datetime | None = None
    scopes: tuple[str, ...] = ("predict",)
    deployment: str | None = None
    rate: Rate | None = None
    made_by: str | None = None
    origin: str | None = None

    @property
    def lineage(self) -> str:
        """The same for all secrets that one key has had by rotation."""
        return self.origin or self.id

    @property
    def predicts(self) -> bool:
        return Scope.PREDICT in self.scopes or (self.user is not None and not self.scopes)

    @property
    def watches(self) -> bool:
        """Whether it may see the figures of all processes, if its user is an administrator."""
        return self.user is not None and (Scope.METRICS in self.scopes or not self.scopes)

    def works(self, now: datetime) -> bool:
        return self.revoked is None and (self.expires is None or now < self.expires)


def new_secret(prefix: str = PREFIX) -> str:
    return prefix + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """A secret with 256 bits of chance needs no slow hash."""
    return sha256(secret.strip().encode()).hexdigest()
