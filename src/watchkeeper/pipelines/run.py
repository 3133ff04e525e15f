"""A run of a pipeline, and how far each of its steps is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Cause(StrEnum):
    HAND = "hand"
    TICK = "tick"
    FIRING = "firing"


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """WAITING is looked at again when it is due; RETRYING failed and is tried again when it is due."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    RETRYING = "retrying"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


OPEN = {StepState.PENDING, StepState.RUNNING, StepState.WAITING, StepState.RETRYING}


@dataclass(frozen=True)
class Run:
    """`why` says in words what caused it; `moment` is that of the pipeline's clock when it began. `due` is when a
    worker is to look at it next; None when only a person can move it on."""

    id: str
    pipeline: str
    project: str
    number: int
    version: int
    state: RunState
    cause: Cause
    why: str
    parameters: Mapping[str, Any]
    moment: datetime | None
    begun: datetime
    begun_by: str
    due: datetime | None
    ended: datetime | None = None
    said: str = ""

    @property
    def over(self) -> bool:
        return self.state is not RunState.RUNNING


@dataclass(frozen=True)
class StepRun:
    """How far a step of a run is.

    Attributes:
        attempt: how often it was begun; `failures` how often it failed since the run began or was resumed.
        onward: whether what comes after it is to happen.
        memory: what the step notes for itself between two looks.
        asks: the right of a person whose approval it waits for.
        decision: who approved or refused, when and why.
    """

    run: str
    name: str
    place: int
    state: StepState = StepState.PENDING
    attempt: int = 0
    failures: int = 0
    onward: bool = True
    outputs: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""
    begun: datetime | None = None
    ended: datetime | None = None
    due: datetime | None = None
    error: Mapping[str, Any] | None = None
    asks: str | None = None
    decision: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Attempt:
    """`log` is what it wrote, its middle left out where it was long; `omitted` is how many characters that are."""

    run: str
    step: str
    number: int
    state: StepState
    begun: datetime
    ended: datetime | None = None
    error: Mapping[str, Any] | None = None
    log: str = ""
    omitted: int = 0
