"""A run as it was when it was looked at, and the record of an attempt at one of its steps."""

from dataclasses import dataclass
from datetime import datetime

from watchkeeper.pipelines.outcomes import EARLY
from watchkeeper.pipelines.pipeline import Graph, Pipeline
from watchkeeper.pipelines.run import Attempt, Run, StepRun, StepState
from watchkeeper.pipelines.steps.log import Log


class Moved(Exception):
    """Somebody else has changed it meanwhile: what was done is not recorded, and is looked at anew."""


@dataclass(frozen=True)
class Scene:
    """A run as it was when it was looked at."""

    run: Run
    pipeline: Pipeline
    graph: Graph
    steps: tuple[StepRun, ...]
    moment: datetime | None

    @property
    def failing(self) -> bool:
        return any(step.state is StepState.FAILED for step in self.steps)


def attempt_of(state: StepRun, written: Log | None = None) -> Attempt:
    text, omitted = written.read() if written is not None else ("", 0)
    over = state.state in {StepState.DONE, StepState.FAILED, StepState.RETRYING, StepState.CANCELLED}
    return Attempt(
        run=state.run,
        step=state.name,
        number=state.attempt,
        state=StepState.FAILED if state.state is StepState.RETRYING else state.state,
        begun=state.begun or EARLY,
        ended=state.ended if over else None,
        error=state.error,
        log=text,
        omitted=omitted,
    )
