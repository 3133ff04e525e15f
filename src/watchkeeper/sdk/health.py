"""A deployment's health."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchkeeper.sdk.reading import known_moment, moment


@dataclass(frozen=True)
class Fault:
    at: datetime
    message: str


@dataclass(frozen=True)
class RoleHealth:
    """`processes` is how many processes have the model loaded; `answering` says whether its last answer, or the last
    probe of it, succeeded."""

    loaded: bool
    answering: bool
    processes: int
    last_answered: datetime | None
    last_error: Fault | None


@dataclass(frozen=True)
class WorkerHealth:
    """`alive` while the worker reports; `seen` is when it last did, None when it never has."""

    alive: bool
    seen: datetime | None


@dataclass(frozen=True)
class Health:
    """Is it running?

    Attributes:
        state: `healthy`, `degraded` or `down`.
        sentence: the same in words, with the reason.
        roles: champion and, if there is one, challenger.
        owed: answers of the challenger that are still to be computed.
        journal_lag_seconds: how far the collected journal is behind; None when it is not known yet.
        journal_waiting_bytes: what is recorded and not collected yet; None when it is not known yet.
        worker: whether the worker, which counts and catches up, reports.
    """

    state: str
    sentence: str
    roles: Mapping[str, RoleHealth]
    owed: int
    journal_lag_seconds: float | None
    worker: WorkerHealth
    journal_waiting_bytes: int | None = None
    document: Mapping[str, Any] = field(repr=False, compare=False, default_factory=dict)

    @property
    def loaded(self) -> bool:
        """Every role's model is loaded somewhere."""
        return bool(self.roles) and all(role.loaded for role in self.roles.values())

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_health(said: Mapping[str, Any]) -> Health:
    return Health(
        state=said["state"],
        sentence=said["sentence"],
        roles={role: _role(each) for role, each in said["roles"].items() if each},
        owed=said["owed"],
        journal_lag_seconds=said.get("journal_lag_seconds"),
        worker=WorkerHealth(alive=said["worker"]["alive"], seen=moment(said["worker"].get("seen"))),
        journal_waiting_bytes=said.get("journal_waiting_bytes"),
        document=said,
    )


def _role(said: Mapping[str, Any]) -> RoleHealth:
    fault = said.get("last_error")
    return RoleHealth(
        loaded=said["loaded"],
        answering=said["answering"],
        processes=said["processes"],
        last_answered=moment(said.get("last_answered")),
        last_error=Fault(known_moment(fault["at"]), fault["message"]) if fault else None,
    )
