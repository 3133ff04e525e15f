"""Who asks, and a project's keys."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Refused
from watchkeeper.sdk.reading import known_moment, moment, spelled
from watchkeeper.sdk.resource import Resource

Scope = Literal["predict", "label", "read", "read_rows", "metrics"]


@dataclass(frozen=True)
class Rate:
    """How often a key may call for predictions. Each prediction process gives it its share.

    Attributes:
        calls: so many calls.
        per: a second, or a minute.
        rows: with no more rows than that in all of them; as many as come without.
    """

    calls: int
    per: Literal["second", "minute"] = "minute"
    rows: int | None = None

    def __str__(self) -> str:
        rows = f" with {self.rows:,} rows" if self.rows is not None else ""
        return f"{self.calls:,} calls{rows} a {self.per}"


@dataclass(frozen=True)
class RateChange:
    """One time that a key was given another rate; None is as often as it likes."""

    at: datetime
    by: str
    before: Rate | None
    after: Rate | None


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


@dataclass(frozen=True)
class Calls:
    """How often a key called for predictions; a day is one of each deployment's zone.

    Attributes:
        today: calls.
        last_30_days: calls.
        total: calls.
        refused: those beyond its rate, ever, which are among no others.
    """

    today: int
    last_30_days: int
    total: int
    refused: int


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
    def rate(self) -> Rate | None:
        """How often it may call for predictions; None for as often as it likes."""
        return _rate(self._document.get("rate"))

    @property
    def rate_changes(self) -> Sequence[RateChange]:
        """Each time that it was given another rate, the newest first, as of when it was listed."""
        return [
            RateChange(known_moment(each["at"]), each["by"], _rate(each["before"]), _rate(each["after"]))
            for each in self._document.get("rate_changes", ())
        ]

    @property
    def calls(self) -> Calls:
        """As of when it was listed."""
        return Calls(**self._document["calls"])

    @property
    def made_by(self) -> str | None:
        """The id of the key that made it, or whose sign-in link began the session that did."""
        return self._document.get("made_by")

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

    def change_rate(self, rate: Rate | None) -> Self:
        """Give it another rate, or none. Within a second every process keeps it; while a rotation's overlap lasts, the
        old secret shares it.

        Raises:
            Refused: the key works no longer.
        """
        changed = self._caller.put(f"/{self.path}/{self.id}/rate", {"rate": spelled_rate(rate)})
        self._document = {**self._document, **changed}
        return self

    def revoke(self) -> None:
        """End it. Within a second no process takes it any more."""
        self._caller.delete(f"/keys/{self.id}")

    def glance(self) -> Mapping[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "scopes": ", ".join(self.scopes),
            "deployment": self.deployment,
            "rate": str(self.rate) if self.rate else None,
            "created": self.created,
            "expires": self.expires,
            "last used": self.last_used,
            "calls today": self.calls.today,
            "calls": self.calls.total,
            "refused": self.calls.refused,
            "made by": self.made_by,
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
        rate: Rate | None = None,
    ) -> Key:
        """Make a key for callers of this project's deployments.

        Args:
            name: what it is for, such as the caller's name.
            expires: when it stops to work, or in how long; never without. A time without a zone is UTC.
            scopes: what it may be used for; to predict, without.
            deployment: the id or address of the only one that it may reach.
            rate: how often it may call for predictions; as often as it likes without.

        Returns:
            The key with its `secret`, which is shown this once.
        """
        until = datetime.now(UTC) + expires if isinstance(expires, timedelta) else expires
        wanted = {
            "name": name,
            "expires": spelled(until) if until else None,
            "scopes": list(scopes),
            "deployment": deployment,
            "rate": spelled_rate(rate),
        }
        return Key(self._caller, self._caller.post(self._path, wanted))

    def rotate(self, key: Key | str, overlap: timedelta = timedelta(hours=1)) -> Key:
        """Another secret for the same use; the old one works for the overlap."""
        name = key.id if isinstance(key, Key) else key
        return Key(
            self._caller, self._caller.post(f"/keys/{name}/rotate", {"overlap_seconds": overlap.total_seconds()})
        )

    def change_rate(self, key: Key | str, rate: Rate | None) -> Key:
        """Give a key another rate, or none, as `Key.change_rate` does."""
        name = key.id if isinstance(key, Key) else key
        return Key(self._caller, self._caller.put(f"/keys/{name}/rate", {"rate": spelled_rate(rate)}))

    def list(self) -> Sequence[Key]:
        """All keys, those revoked too."""
        return [Key(self._caller, document) for document in self._caller.pages(self._path)]

    def revoke(self, key: Key | str) -> None:
        """End a key, given as such or as its id."""
        self._caller.delete(f"/keys/{key.id if isinstance(key, Key) else key}")


def spelled_rate(rate: Rate | None) -> Mapping[str, Any] | None:
    if rate is not None and not isinstance(rate, Rate):
        raise Refused(f'A rate is one like wk.Rate(60, "minute"), not {rate!r}.', code="rate-refused", fields=("rate",))
    return asdict(rate) if rate else None


def _rate(said: Mapping[str, Any] | None) -> Rate | None:
    return Rate(**said) if said else None
