"""A piece of work to be done later, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Job:
    """`kind` names the work, `subject` the thing it is done to. The record is also the outbox: what is ASKED has not
    been handed to a worker yet."""

    id: str
    kind: str
    subject: str
    arguments: Mapping[str, object]
    state: State
    asked: datetime
