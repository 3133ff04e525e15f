"""What a kind of step is: its fields, what it gives, and how it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.alerts.telling import Telling
from watchkeeper.clock import Clock
from watchkeeper.pipelines.errors import PipelineRefused, StepStopped, StepTimedOut
from watchkeeper.pipelines.fields import Field
from watchkeeper.pipelines.pipeline import ClockKind, Pipeline, Step
from watchkeeper.pipelines.ports import OpenUnit, PipelinePlaces, Unit
from watchkeeper.pipelines.run import Run
from watchkeeper.pipelines.steps.log import Log
from watchkeeper.serving.deployment import Deployment


class How(StrEnum):
    """READS only looks, WRITES does all that it does in the transaction that records it; ALONE works for a while on a
    thread of its own, and may be begun again if it is killed, so it must be idempotent by run and step."""

    READS = "reads"
    WRITES = "writes"
    ALONE = "alone"


@dataclass(frozen=True)
class Done:
    """`onward`: whether what comes after it is to happen."""

    outputs: Mapping[str, Any]
    said: str
    onward: bool = True


@dataclass(frozen=True)
class Later:
    """To be looked at again after so many seconds; None: when a person with the right in `asks` has decided."""

    said: str
    seconds: float | None
    memory: Mapping[str, Any] = field(default_factory=dict)
    asks: str | None = None


Outcome = Done | Later


@dataclass(frozen=True)
class Tools:
    """What steps work with. `folders` are those of the server that pipelines may read from and write to."""

    unit: OpenUnit
    look: OpenUnit
    places: PipelinePlaces
    clock: Clock
    telling: Telling
    folders: tuple[Path, ...]


@dataclass(frozen=True)
class Doing:
    """A step at work.

    Attributes:
        fields: read, with their references filled in.
        moment: that of the pipeline's clock.
        memory: what the step noted when it was last looked at.
        stopped: why it is to stop, if it is.
    """

    run: Run
    pipeline: Pipeline
    step: Step
    fields: Mapping[str, Any]
    clock: ClockKind
    moment: datetime | None
    begun: datetime
    memory: Mapping[str, Any]
    decision: Mapping[str, Any] | None
    attempt: int
    permit: Permit
    tools: Tools
    log: Log
    stopped: Callable[[], str | None]
    unit: Unit | None = None

    @property
    def work(self) -> Unit:
        if self.unit is None:
            raise TypeError(f"a step of kind {self.step.kind} opens its own transactions")
        return self.unit

    @property
    def mark(self) -> str:
        """What a thing that this step makes is known by."""
        return f"{self.run.id}/{self.step.name}"

    @property
    def why(self) -> str:
        return f"Run {self.run.number} of '{self.pipeline.name}', step '{self.step.name}'"

    def new_id(self, what: str) -> str:
        """The same whenever this attempt is done again, so that the thing is made once."""
        return sha256(f"{self.mark}/{self.attempt}/{what}".encode()).hexdigest()[:16]

    def check(self) -> None:
        """Raise where it is to stop."""
        why = self.stopped()
        if why == "timeout":
            raise StepTimedOut(f"It took longer than {self.step.timeout:,.0f} seconds and was stopped.")
        if why is not None:
            raise StepStopped("It was stopped, since the run was cancelled.")


@dataclass(frozen=True)
class Names:
    """What a definition may name, looked up in the project before it is saved."""

    project: str
    deployment: Deployment | None
    work: Unit
    folders: tuple[Path, ...]

    def refuse(self, step: Step, field_: str, message: str) -> None:
        raise PipelineRefused(message, fields=(f"steps.{step.name}.{field_}",))


def anything_goes(step: Step, names: Names) -> None:
    del step, names


def nothing_to_cancel(doing: Doing) -> None:
    del doing


@dataclass(frozen=True)
class Kind:
    """`outputs` are the names of what it gives; `*` where only the step itself knows. `timeout` is the usual one."""

    name: str
    fields: Mapping[str, Field]
    outputs: tuple[str, ...]
    how: How
    do: Callable[[Doing], Outcome]
    check: Callable[[Step, Names], None] = anything_goes
    cancel: Callable[[Doing], None] = nothing_to_cancel
    right: Right = Right.WRITE
    timeout: float | None = None
