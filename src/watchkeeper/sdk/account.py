"""What a person sets of themselves: name, login, password, keys of their own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from watchkeeper.sdk.access import Key, Me, Rate, Scope, read_me, spelled_rate
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.reading import spelled


class OwnKey(Key):
    """A personal key. Without scopes it may do all that its user may."""

    path = "me/keys"

    def revoke(self, *, with_made: bool = False) -> None:
        """End it. Within a second no process takes it any more.

        Args:
            with_made: also the keys that it made, and those made with these: your own, and of projects that you manage.
        """
        self._caller.delete(f"/me/keys/{self.id}", {"with_made": with_made or None})


class OwnKeys:
    """The keys of the person whose key this client has."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def create(
        self,
        name: str,
        expires: datetime | timedelta | None = None,
        *,
        scopes: Sequence[Scope] = (),
        rate: Rate | None = None,
    ) -> OwnKey:
        """Make a key that acts as you.

        Args:
            name: where it will be used.
            expires: when it stops to work, or in how long; never without. A time without a zone is UTC. It ends no
                later than the key that makes it.
            scopes: what it may be used for; without, all that you may.
            rate: how often it may call for predictions; as often as it likes without.

        Returns:
            The key with its `secret`, which is shown this once.
        """
        until = datetime.now(UTC) + expires if isinstance(expires, timedelta) else expires
        wanted = {
            "name": name,
            "expires": spelled(until) if until else None,
            "scopes": list(scopes),
            "rate": spelled_rate(rate),
        }
        return OwnKey(self._caller, self._caller.post("/me/keys", wanted))

    def rotate(self, key: Key | str, overlap: timedelta = timedelta(hours=1)) -> OwnKey:
        """Another secret for the same use; the old one works for the overlap."""
        wanted = {"overlap_seconds": overlap.total_seconds()}
        return OwnKey(self._caller, self._caller.post(f"/me/keys/{_id(key)}/rotate", wanted))

    def change_rate(self, key: Key | str, rate: Rate | None) -> OwnKey:
        """Give a key another rate, or none, as `Key.change_rate` does."""
        return OwnKey(self._caller, self._caller.put(f"/me/keys/{_id(key)}/rate", {"rate": spelled_rate(rate)}))

    def list(self) -> Sequence[OwnKey]:
        """All of them, those revoked too."""
        return [OwnKey(self._caller, document) for document in self._caller.pages("/me/keys")]

    def revoke(self, key: Key | str, *, with_made: bool = False) -> None:
        """End a key, given as such or as its id; `with_made` as with `OwnKey.revoke`."""
        self._caller.delete(f"/me/keys/{_id(key)}", {"with_made": with_made or None})


class Account:
    """Yourself.

    Attributes:
        keys: those that act as you.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.keys = OwnKeys(caller)

    def rename(self, name: str, login: str | None = None) -> Me:
        """Another name, and another login where one is given.

        Raises:
            Conflict: somebody else has it.
        """
        return read_me(self._caller.put("/me", {"name": name, "login": login}))

    def change_password(self, new: str, *, old: str = "") -> None:
        """Set the password, or change it with the old one. All your sessions in the console end.

        Raises:
            Unidentified: the old password is not that.
            Refused: the new one is too short, or the login itself.
        """
        self._caller.put("/me/password", {"old": old, "new": new})


def _id(key: Key | str) -> str:
    return key.id if isinstance(key, Key) else key
