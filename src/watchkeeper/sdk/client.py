"""The way in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from watchkeeper.sdk.access import Me, read_me
from watchkeeper.sdk.account import Account
from watchkeeper.sdk.batches import Batch
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.members import Users
from watchkeeper.sdk.projects import Projects
from watchkeeper.sdk.reading import known_moment
from watchkeeper.sdk.resources import Resources, read_resources


@dataclass(frozen=True)
class SignInLink:
    """Opens the console once, until it expires."""

    url: str
    expires: datetime


class Client:
    """A connection to a Watchkeeper server; `watchkeeper.connect()` makes it.

    It keeps one HTTP connection alive; `close()` it, or use it in a `with`, where that matters.

    Attributes:
        projects: the projects that this key may see.
        users: the users of this installation, for an administrator.
        account: yourself: name, password, keys of your own.
    """

    def __init__(self, url: str, key: str, *, caller: Caller | None = None) -> None:
        self._caller = caller or Caller(url, key)
        self.projects = Projects(self._caller)
        self.users = Users(self._caller)
        self.account = Account(self._caller)

    @property
    def url(self) -> str:
        """The console's address."""
        return self._caller.url

    def me(self) -> Me:
        """Whose key this is. Fails with Unidentified when it is nobody's."""
        return read_me(self._caller.get("/me"))

    def sign_in_link(self) -> SignInLink:
        """A link that signs the key's owner in to the console once, within ten minutes."""
        said = self._caller.post("/sign-in-links")
        return SignInLink(url=said["url"], expires=known_moment(said["expires"]))

    def batch(self, batch: str) -> Batch:
        """The batch of this id, of whichever deployment.

        Raises:
            NotFound: there is none, or none that this key may see.
        """
        return Batch(self._caller, self._caller.get(f"/batches/{batch}"))

    def resources(self, hours: int = 24, process: str | None = None) -> Resources:
        """What the server's processes and their machine consumed in the last `hours`; only one `process` if given."""
        return read_resources(self._caller, hours=hours, process=process)

    def close(self) -> None:
        """Close the HTTP connection."""
        self._caller.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Watchkeeper at {self.url}>"
