"""Who asks, and a project's keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.reading import known_moment, moment, spelled
from watchkeeper.sdk.resource import Resource

Scope = Literal["predict", "label", "read", "read_rows"]


@dataclass(frozen=True)
class Me:
    """Whose key it is. A project's key belongs to no user: its `id` is None and `name` is the key's own. `login` is
    None for one who signs in by links only."""

    name: str
    id: str | None
    administrator: bool
    login: str | None = None


def read_me(said: Mapping[str, Any]) -> Me:
    user = said.get("user") or {}
    return Me(
        name=user.get("name") or said.get("name", ""),
        id=user.get("id"),
        administrator=bool(user.get("administrator")),
        login=user.get("login"),
    )


class Key(Resource):
    """A key of a project; `sdk.account.OwnKey` is one of a person."""

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
    def scopes(self) -> tuple[str, ...]:
        """What it may be used for."""
        return tuple(self._document.get("scopes", ()))

    @property
    def deployment(self) -> str | None:
        """The id of the only deployment that it may reach."""
        return self._document.get("deployment")

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
            "scopes": ", ".join(self.scopes),
            "deployment": self.deployment,
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

    def create(
        self,
        name: str,
        expires: datetime | timedelta | None = None,
        *,
        scopes: Sequence[Scope] = (),
        deployment: str | None = None,
    ) -> Key:
        """Make a key for callers of this project's deployments.

        Args:
            name: what it is for, such as the caller's name.
            expires: when it stops to work, or in how long; never without. A time without a zone is UTC.
            scopes: what it may be used for; to predict, without.
            deployment: the id or address of the only one that it may reach.

        Returns:
            The key with its `secret`, which is shown this once.
        """
        until = datetime.now(UTC) + expires if isinstance(expires, timedelta) else expires
        wanted = {
            "name": name,
            "expires": spelled(until) if until else None,
            "scopes": list(scopes),
            "deployment": deployment,
        }
        return Key(self._caller, self._caller.post(self._path, wanted))

    def rotate(self, key: Key | str, overlap: timedelta = timedelta(hours=1)) -> Key:
        """Another secret for the same use; the old one works for the overlap."""
        name = key.id if isinstance(key, Key) else key
        return Key(
            self._caller, self._caller.post(f"/keys/{name}/rotate", {"overlap_seconds": overlap.total_seconds()})
        )

    def list(self) -> Sequence[Key]:
        """All keys, those revoked too."""
        return [Key(self._caller, document) for document in self._caller.pages(self._path)]

    def revoke(self, key: Key | str) -> None:
        """End a key, given as such or as its id."""
        self._caller.delete(f"/keys/{key.id if isinstance(key, Key) else key}")
