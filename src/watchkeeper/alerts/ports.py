"""What alerts need kept, and by which ways they go out."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from watchkeeper.alerts.channel import Channel, Delivery
from watchkeeper.alerts.firing import Firing
from watchkeeper.alerts.rule import Rule
from watchkeeper.monitoring import ports as monitoring
from watchkeeper.projects.ports import Projects


class Rules(Protocol):
    def add(self, rule: Rule) -> None: ...
    def change(self, rule: Rule) -> None: ...
    def remove(self, rule: str) -> None: ...
    def get(self, rule: str) -> Rule | None: ...
    def of_deployment(self, deployment: str) -> list[Rule]:
        """In the order in which they were made."""
        ...

    def begun(self, deployment: str) -> bool:
        """Whether it has been given the rules that every deployment starts with, whatever became of them."""
        ...

    def begin(self, deployment: str) -> None: ...
    def judged(self, rule: Rule) -> None:
        """It has been judged as it is; nothing happens if it was changed or removed meanwhile."""
        ...


class Firings(Protocol):
    def add(self, firing: Firing) -> None: ...
    def change(self, firing: Firing) -> None: ...
    def get(self, firing: str) -> Firing | None: ...
    def since(self, rule: str, day: str) -> list[Firing]:
        """Those of the rule that are open on the day or later."""
        ...

    def page(
        self, project: str, *, deployment: str | None, only_open: bool, after: str | None, limit: int
    ) -> list[Firing]:
        """Newest first."""
        ...

    def between(self, deployment: str, *, start: str, end: str) -> list[Firing]:
        """Those that are open on some day of the period, the withdrawn left out."""
        ...

    def snoozed(self, *, until: datetime) -> list[Firing]:
        """Open ones whose snooze is over by then."""
        ...


class Channels(Protocol):
    def add(self, channel: Channel) -> None: ...
    def change(self, channel: Channel) -> None: ...
    def remove(self, channel: str) -> None: ...
    def get(self, channel: str) -> Channel | None: ...
    def of_project(self, project: str) -> list[Channel]: ...


class Deliveries(Protocol):
    def add(self, delivery: Delivery) -> None: ...
    def change(self, delivery: Delivery) -> None: ...
    def get(self, delivery: str) -> Delivery | None: ...
    def due(self, *, now: datetime, latest: datetime, each: int) -> list[Delivery]:
        """Of every channel those that wait longest, at most `each`; also those that are due after `latest`, which only
        a clock that was wrong can have said."""
        ...

    def claim(self, delivery: Delivery, *, until: datetime) -> bool:
        """Whether it is this caller's to try; it is due again at `until` if nothing is heard of it."""
        ...

    def of_firing(self, firing: str) -> list[Delivery]: ...
    def of_channel(self, channel: str, *, limit: int) -> list[Delivery]:
        """Newest first."""
        ...


class Runs(Protocol):
    """Of pipelines, as far as rules watch them."""

    def failed(self, deployment: str) -> list[str]:
        """Names of the deployment's pipelines whose newest run has failed."""
        ...


class Unit(monitoring.Unit, Protocol):
    @property
    def runs(self) -> Runs: ...
    @property
    def projects(self) -> Projects: ...
    @property
    def rules(self) -> Rules: ...
    @property
    def firings(self) -> Firings: ...
    @property
    def channels(self) -> Channels: ...
    @property
    def deliveries(self) -> Deliveries: ...


OpenUnit = Callable[[], AbstractContextManager[Unit]]


class Seal(Protocol):
    """Keeps a secret in a form that is worth nothing without the installation's key."""

    def close(self, secret: str) -> str: ...
    def open(self, sealed: str) -> str: ...


class Way(Protocol):
    """How a kind of channel delivers."""

    def send(self, delivery: Delivery, channel: Channel) -> None:
        """Raises Undelivered."""
        ...


Addresses = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host."""
