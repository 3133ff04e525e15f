"""Who asks, and a project's keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.reading import known_moment, moment, spelled
from watchkeeper.sdk.resource import Resource


@dataclass(frozen=True)
class Me:
    """Whose key it is. A project's key belongs to no user: its `id` is None and `name` is the key's own."""

    name: str
    id: str | None
    administrator: bool


class Key(Resource):
    """A key of a project."""

    kind = "key"
    path = "keys"

    @property
    def name(self) -> str:
        return str(self._document["name"])

    @property
    def secret(self) -> str | None:
        """What callers send. Known only to the object that `create` returned: write it down at once."""
        return self._document.get("secret")

    @property
    def created(self) -> datetime:
        return known_moment(self._document["created"])

    @property
    def expires(self) -> datetime | None:
        return moment(self._document.get("expires"))

    @property
    def last_used(self) -> datetime | None:
        return moment(self._document.get("last_used"))

    @property
    def revoked(self) -> datetime | None:
        return moment(self._document.get("revoked"))

    def revoke(self) -> None:
        """End it. Within a second no process takes it any more."""
        self._caller.delete(f"/keys/{self.id}")

    def glance(self) -> Mapping[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "created": self.created,
            "expires": self.expires,
            "last used": self.last_used,
            "revoked": self.revoked,
        }


class Keys:
    """The keys of a project."""

    def __init__(self, caller: Caller, project: str) -> None:
        self._caller = caller
        self._path = f"/projects/{project}/keys"

    def create(self, name: str, expires: datetime | timedelta | None = None) -> Key:
        """Make a key for callers of this project's deployments.

        Args:
            name: what it is for, such as the caller's name.
            expires: when it stops to work, or in how long; never without. A time without a zone is UTC.

        Returns:
            The key with its `secret`, which is shown this once.
        """
        until = datetime.now(UTC) + expires if isinstance(expires, timedelta) else expires
        wanted = {"name": name, "expires": spelled(until) if until else None}
        return Key(self._caller, self._caller.post(self._path, wanted))

    def list(self) -> Sequence[Key]:
        """All keys, those revoked too."""
        return [Key(self._caller, document) for document in self._caller.pages(self._path)]

    def revoke(self, key: Key | str) -> None:
        """End a key, given as such or as its id."""
        self._caller.delete(f"/keys/{key.id if isinstance(key, Key) else key}")
