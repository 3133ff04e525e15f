"""A channel: by which way people or programs are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    EMAIL = "email"
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class Channel:
    """`settings` are of its kind: an e-mail's `to`, a webhook's `url`. `sealed` is the webhook's secret, encrypted."""

    id: str
    project: str
    name: str
    kind: Kind
    settings: Mapping[str, Any]
    sealed: str | None
    enabled: bool
    created: datetime
    created_by: str


class Event(StrEnum):
    """What a message is about."""

    OPENED = "opened"
    REOPENED = "reopened"
    JOINED = "joined"
    REMINDER = "reminder"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    NOTICE = "notice"
    TEST = "test"


class State(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Delivery:
    """A message on its way to one channel. `due` is when it is to be tried next; `error` why it failed last time.
    `message` has an `event`, a `title`, a `text`, and what a program wants to know."""

    id: str
    channel: str
    firing: str | None
    event: Event
    message: Mapping[str, Any]
    created: datetime
    due: datetime
    state: State = State.WAITING
    attempts: int = 0
    error: str | None = None
    delivered: datetime | None = None


class Undelivered(Exception):
    """It did not arrive. `lasting` says that trying again will not help."""

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting
