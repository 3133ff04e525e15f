"""A project's channels: by which ways people and programs are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import NotFound
from watchkeeper.sdk.reading import known_moment, moment, spelled
from watchkeeper.sdk.resource import Resource, pick
from watchkeeper.sdk.waiting import settled

TRIED_WITHIN = 60.0


@dataclass(frozen=True)
class Delivery:
    """A message on its way to a channel.

    Attributes:
        firing: the id of what it tells of; None for a test or a notice.
        event: `opened`, `reopened`, `reminder`, `closed`, `withdrawn`, `notice` or `test`.
        state: `waiting`, `delivered` or `failed`.
        attempts: how often it was tried.
        error: why the last try failed.
        due: when it is tried next; None when it no longer is.
    """

    id: str
    channel: str
    channel_name: str
    firing: str | None
    event: str
    title: str
    state: str
    attempts: int
    error: str | None
    created: datetime
    due: datetime | None
    delivered: datetime | None

    def to_json(self) -> dict[str, Any]:
        return {name: spelled(value) if isinstance(value, datetime) else value for name, value in vars(self).items()}

    def glance(self) -> Mapping[str, Any]:
        """What to see of it at a glance."""
        return {
            "created": self.created,
            "channel": self.channel_name,
            "event": self.event,
            "title": self.title,
            "state": self.state,
            "attempts": self.attempts,
            "next try": self.due,
            "error": self.error,
        }


class Channel(Resource):
    """A way of telling: e-mail, or a webhook."""

    kind = "channel"
    path = "channels"

    def __init__(self, caller: Caller, document: Mapping[str, Any], *, project: str) -> None:
        super().__init__(caller, document)
        self._siblings = f"/projects/{project}/channels"
        self._place = f"{self._siblings}/{self.id}"
        self._deliveries = f"/projects/{project}/deliveries"

    @property
    def name(self) -> str:
        return str(self._document["name"])

    @property
    def type(self) -> str:
        """`email` or `webhook`."""
        return str(self._document["kind"])

    @property
    def settings(self) -> Mapping[str, Any]:
        """An e-mail's `to`, a webhook's `url`, of which who may not manage channels sees only the host."""
        return dict(self._document["settings"])

    @property
    def secret(self) -> str | None:
        """What a webhook's messages are signed with. Known only to the object that made it: write it down at once."""
        return self._document.get("secret")

    @property
    def enabled(self) -> bool:
        return bool(self._document["enabled"])

    @property
    def problem(self) -> str | None:
        """Why nothing can arrive by it as things are."""
        return self._document.get("problem")

    @property
    def created(self) -> datetime:
        return known_moment(self._document["created"])

    def refresh(self) -> Self:
        """Ask the server for the present state of it, and return it; its secret is forgotten."""
        there = {each["id"]: each for each in self._caller.pages(self._siblings)}
        if self.id not in there:
            raise NotFound(f"The channel '{self.name}' was removed.", code="no-channel")
        self._document = there[self.id]
        return self

    def change(
        self,
        *,
        name: str | None = None,
        to: str | Sequence[str] | None = None,
        url: str | None = None,
        enabled: bool | None = None,
    ) -> Self:
        """Give it another name, addresses (of an e-mail) or URL (of a webhook), or switch it off and on.

        Raises:
            Refused: they can't be written to.
        """
        settings = {"to": _listed(to)} if to is not None else {"url": url} if url is not None else None
        given = {"name": name, "settings": settings, "enabled": enabled}
        wanted = {field: value for field, value in given.items() if value is not None}
        self._document = self._caller.patch(self._place, wanted)
        return self

    def remove(self) -> None:
        """What still waits for it is not sent any more."""
        self._caller.delete(self._place)

    def renew_secret(self) -> str:
        """Another secret for a webhook, in force at once and shown this once."""
        return str(self._caller.post(f"{self._place}/secret")["secret"])

    def test(self, within: float = TRIED_WITHIN) -> Delivery:
        """Send a message that says only that messages arrive, and wait for what becomes of it.

        Returns:
            The delivery: `delivered`, or the `error` of its first try; it is tried on. One that is `waiting` without
            an error was not tried within so many seconds: is the worker running?
        """
        sent = read_delivery(self._caller.post(f"{self._place}/test"))
        seen = [sent]

        def tried() -> bool:
            seen[0] = read_delivery(self._caller.get(f"{self._deliveries}/{sent.id}"))
            return seen[0].state != "waiting" or seen[0].error is not None

        settled(tried, pause=self._caller.pause, within=within)
        return seen[0]

    def deliveries(self) -> Sequence[Delivery]:
        """The newest hundred messages to it, newest first."""
        return [read_delivery(each) for each in self._caller.pages(f"{self._place}/deliveries")]

    def glance(self) -> Mapping[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.type,
            "to": ", ".join(self.settings.get("to") or [self.settings.get("url", "")]),
            "enabled": self.enabled,
            "problem": self.problem,
        }


class Channels:
    """The channels of a project."""

    def __init__(self, caller: Caller, project: str) -> None:
        self._caller = caller
        self._project = project
        self._path = f"/projects/{project}/channels"

    def list(self) -> Sequence[Channel]:
        """All of them."""
        return [self._channel(document) for document in self._caller.pages(self._path)]

    def get(self, channel: str) -> Channel:
        """The channel of this name or id.

        Raises:
            NotFound: the project has none.
        """
        return pick(Channel, self.list(), channel, names=_names)

    def create_email(self, name: str, to: str | Sequence[str]) -> Channel:
        """Tell by e-mail, through the installation's mail server.

        Args:
            name: what to call it.
            to: one address or several.

        Raises:
            Refused: an address is none.
            Conflict: there is a channel of this name.
        """
        return self._create(name, "email", {"to": _listed(to)})

    def create_webhook(self, name: str, url: str) -> Channel:
        """Tell a program by a signed POST. Its `secret` is shown this once.

        Args:
            name: what to call it.
            url: an http or https address; one inside the server's own network has to be allowed by the installation.

        Raises:
            Refused: the address is none.
            Conflict: there is a channel of this name.
        """
        return self._create(name, "webhook", {"url": url})

    def _create(self, name: str, kind: str, settings: Mapping[str, Any]) -> Channel:
        return self._channel(self._caller.post(self._path, {"name": name, "kind": kind, "settings": settings}))

    def _channel(self, document: Mapping[str, Any]) -> Channel:
        return Channel(self._caller, document, project=self._project)


def read_delivery(said: Mapping[str, Any]) -> Delivery:
    moments = {name: moment(said[name]) for name in ("due", "delivered")}
    return Delivery(**{**said, **moments, "created": known_moment(said["created"])})


def _listed(to: str | Sequence[str]) -> list[str]:
    return [to] if isinstance(to, str) else list(to)


def _names(channel: Channel) -> tuple[str, ...]:
    return (channel.name,)
