from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from watchkeeper.access.ports import Keys, Members
from watchkeeper.experiments.ports import Experiments
from watchkeeper.serving.deployment import Deployment, ProcessStatus, Release
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.routing import Routing


class Deployments(Protocol):
    def add(self, deployment: Deployment, release: Release) -> None: ...
    def get(self, deployment: str) -> Deployment | None:
        """By id or address."""
        ...

    def page(self, project: str, *, after: str | None, limit: int) -> list[Deployment]:
        """Newest first; after this id where given."""
        ...

    def all(self) -> list[Deployment]: ...
    def hold(self, deployment: str) -> None:
        """Nobody else adds a release to it until this transaction ends."""
        ...

    def add_release(self, release: Release) -> None:
        """In force from then on; the deployment is to be held."""
        ...

    def current(self, deployment: str) -> Release:
        """The release in force."""
        ...

    def releases(self, deployment: str) -> list[Release]:
        """By number."""
        ...


class Generations(Protocol):
    """A counter that says whether what the plane holds in memory is still true."""

    def current(self) -> int: ...
    def advance(self) -> None:
        """To be called in the transaction of the change."""
        ...


class Board(Protocol):
    def report(self, process: str, *, pid: int, at: datetime, status: Mapping[str, object]) -> None: ...
    def touch(self, process: str, *, at: datetime) -> None:
        """It is still there, with nothing new to say; nothing happens before its first report."""
        ...

    def all(self) -> list[ProcessStatus]: ...


class RoutingSource(Protocol):
    """What a prediction process reads, off the path of requests."""

    def generation(self) -> int: ...
    def routing(self) -> Routing: ...


class StatusBoard(Protocol):
    """Where a prediction process says how it is."""

    def report(
        self,
        process: str,
        pid: int,
        status: Mapping[str, object],
        *,
        used: Mapping[str, datetime],
        refused: Mapping[tuple[str, str], int],
    ) -> None:
        """Since the last report: `used` are the digests of the keys that were used, and when; `refused` the calls
        beyond a key's rate, by deployment and key."""
        ...


class Record(Protocol):
    """Where a process records its calls."""

    def append(self, frame: Frame) -> None:
        """Kept, whatever is killed next, once this returns. Raises JournalFull."""
        ...

    def extend(self, frames: Sequence[Frame]) -> None:
        """The same for several of one deployment; all of them, or none when it raises."""
        ...

    def sync(self) -> None:
        """Put what was appended on the disk itself, against a loss of power."""
        ...

    def close(self) -> None: ...


class ModelPlaces(Protocol):
    def model(self, model: str) -> Path: ...


class Unit(Protocol):
    @property
    def keys(self) -> Keys: ...
    @property
    def members(self) -> Members: ...
    @property
    def experiments(self) -> Experiments: ...
    @property
    def deployments(self) -> Deployments: ...
    @property
    def generations(self) -> Generations: ...
    @property
    def board(self) -> Board: ...


OpenUnit = Callable[[], AbstractContextManager[Unit]]
