"""A pipeline, its versions, and the graph of steps that a version is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class ClockKind(StrEnum):
    """By which time ticks and waits go: that of the wall, or the newest event of the pipeline's deployment."""

    WALL = "wall"
    EVENT = "event"


@dataclass(frozen=True)
class Step:
    """`fields` are its kind's, as they were written. A failed attempt is tried again up to `retries` times, after
    `pause` seconds, then twice that, and so on; `timeout` is in seconds of the wall's time."""

    name: str
    kind: str
    fields: Mapping[str, Any]
    after: tuple[str, ...] = ()
    retries: int = 0
    pause: float = 5.0
    timeout: float | None = None


@dataclass(frozen=True)
class Schedule:
    cron: str
    time_zone: str


@dataclass(frozen=True)
class OnFiring:
    """`rules` are names of rules or of signals; none means any but that of failed runs. `cool_down`, in seconds of the
    pipeline's clock, is how long after a run no firing starts another."""

    rules: tuple[str, ...]
    cool_down: float


@dataclass(frozen=True)
class Graph:
    """`steps` in an order in which each comes after those that it needs. `parameters` have their defaults."""

    steps: tuple[Step, ...]
    parameters: Mapping[str, Any]
    clock: ClockKind = ClockKind.WALL
    schedule: Schedule | None = None
    on_firing: OnFiring | None = None

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)

    def followers(self, name: str) -> set[str]:
        """The step and all that come after it."""
        found = {name}
        for step in self.steps:
            if found & set(step.after):
                found.add(step.name)
        return found


@dataclass(frozen=True)
class Pipeline:
    """`deployment` is the id of the one it is about, where it is about one. `ticked` is the moment of its clock up to
    which ticks are dealt with; None before there is any such moment."""

    id: str
    project: str
    deployment: str | None
    name: str
    slug: str
    version: int
    paused: bool
    created: datetime
    created_by: str
    ticked: datetime | None = None
    removed: datetime | None = None


@dataclass(frozen=True)
class PipelineVersion:
    """`definition` is the document that was given; it never changes."""

    pipeline: str
    number: int
    definition: Mapping[str, Any]
    created: datetime
    created_by: str
