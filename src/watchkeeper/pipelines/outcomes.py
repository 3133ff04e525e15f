"""How a step stands after what happened to it, and a run after its steps. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from watchkeeper.errors import Conflict, Forbidden, NotFound, Refused, WatchkeeperError
from watchkeeper.pipelines.errors import StepStopped, StepTimedOut
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.run import Run, RunState, StepRun, StepState
from watchkeeper.pipelines.steps.kind import Done, Outcome

LASTING = (Refused, NotFound, Forbidden, Conflict, StepStopped)
"""Failures that trying again would only repeat."""
LONGEST_PAUSE = timedelta(hours=1)
LOOK_AGAIN = timedelta(seconds=0.5)
LONGEST_SAID = 2_000
EARLY = datetime.min.replace(tzinfo=UTC)


def began(state: StepRun, now: datetime) -> StepRun:
    return replace(
        state,
        state=StepState.RUNNING,
        attempt=state.attempt + 1,
        begun=now,
        ended=None,
        due=None,
        error=None,
        memory={},
        decision=None,
        said="At work.",
    )


def after(state: StepRun, outcome: Outcome, *, now: datetime) -> StepRun:
    if isinstance(outcome, Done):
        return replace(
            state,
            state=StepState.DONE,
            outputs=dict(outcome.outputs),
            said=shown(outcome.said),
            onward=outcome.onward,
            ended=now,
            due=None,
            asks=None,
            error=None,
        )
    return replace(
        state,
        state=StepState.WAITING,
        said=shown(outcome.said),
        memory={**state.memory, **outcome.memory},
        due=now + timedelta(seconds=outcome.seconds) if outcome.seconds is not None else None,
        asks=outcome.asks,
    )


def failed(state: StepRun, failure: BaseException, *, step: Step, now: datetime) -> StepRun:
    """To be tried again while that may help, else for good."""
    error = described(failure)
    again = state.failures < step.retries and not isinstance(failure, LASTING)
    pause = min(timedelta(seconds=step.pause) * 2**state.failures, LONGEST_PAUSE) if again else timedelta()
    said = f"{error['message']}{f' Trying again in {pause.total_seconds():,.0f} s.' if again else ''}"
    return replace(
        state,
        state=StepState.RETRYING if again else StepState.FAILED,
        failures=state.failures + 1,
        error=error,
        said=shown(said),
        ended=now,
        due=now + pause if again else None,
        asks=None,
    )


def overdue(state: StepRun, step: Step, *, now: datetime) -> StepTimedOut | None:
    """Of a step that is looked at again and again."""
    if step.timeout is None or state.begun is None or now < state.begun + timedelta(seconds=step.timeout):
        return None
    return StepTimedOut(f"It took longer than {step.timeout:,.0f} seconds and was stopped.")


def settled(run: Run, steps: Sequence[StepRun], *, now: datetime) -> tuple[Run, list[StepRun]]:
    """The run, and the steps that are to be cancelled since another has failed."""
    states = {step.state for step in steps}
    if StepState.RUNNING in states:
        return replace(run, due=now + LOOK_AGAIN), []
    broken = next((step for step in steps if step.state is StepState.FAILED), None)
    if broken is not None:
        stopped = [step for step in steps if step.state in {StepState.WAITING, StepState.RETRYING}]
        said = shown(f"The step '{broken.name}' failed: {broken.said}")
        return replace(run, state=RunState.FAILED, due=None, ended=now, said=said), stopped
    if states <= {StepState.DONE, StepState.SKIPPED}:
        return replace(run, state=RunState.DONE, due=None, ended=now, said=_summary(steps)), []
    due = [step.due for step in steps if step.due is not None]
    waiting = next((step for step in steps if step.state in {StepState.WAITING, StepState.RETRYING}), None)
    return replace(run, due=min(due) if due else None, said=waiting.said if waiting else run.said), []


def shown(text: str) -> str:
    """Cut short, and without what no database keeps."""
    return text[:LONGEST_SAID].replace("\x00", "\ufffd")


def described(failure: BaseException) -> dict[str, Any]:
    if isinstance(failure, WatchkeeperError):
        return {"code": failure.code, "message": failure.message, "fields": list(failure.fields)}
    return {"code": "failure", "message": f"{type(failure).__name__}: {failure}", "fields": []}


def _summary(steps: Sequence[StepRun]) -> str:
    """What the last thing that happened was."""
    done = [step for step in steps if step.state is StepState.DONE]
    last = max(done, key=lambda step: (step.ended or EARLY, step.place), default=None)
    return last.said if last else ""
