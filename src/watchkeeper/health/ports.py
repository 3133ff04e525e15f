"""What keeping resources needs."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from watchkeeper.health.resources import Grain, Sample


class Resources(Protocol):
    def add(self, grain: Grain, samples: Sequence[Sample]) -> None: ...
    def between(self, grain: Grain, *, start: datetime, end: datetime, process: str | None = None) -> list[Sample]:
        """From `start` up to before `end`, in the order of time."""
        ...

    def newest(self, grain: Grain) -> datetime | None: ...
    def oldest(self, grain: Grain) -> datetime | None: ...
    def drop(self, grain: Grain, *, before: datetime) -> None: ...


class Unit(Protocol):
    @property
    def resources(self) -> Resources: ...


OpenUnit = Callable[[], AbstractContextManager[Unit]]
