"""What people do about a run: approve, cancel, resume."""

from dataclasses import replace

from watchkeeper.access.errors import RightMissing
from watchkeeper.access.permitting import Permit, rights_of
from watchkeeper.access.role import Right
from watchkeeper.clock import Clock
from watchkeeper.pipelines.errors import NoRun, NothingAsked, RunGoesOn, RunOver
from watchkeeper.pipelines.graphs import graph_of
from watchkeeper.pipelines.ports import Unit
from watchkeeper.pipelines.run import OPEN, Run, RunState, StepRun, StepState

LONGEST_REASON = 2_000
AGAIN = {StepState.FAILED, StepState.CANCELLED, StepState.SKIPPED}


def approve(run: Run, step: str, *, approved: bool, reason: str, permit: Permit, work: Unit, clock: Clock) -> StepRun:
    """Decide a gate; once. Raise RightMissing where the gate asks for a right that is not there."""
    held = _held(run, work)
    found = next((each for each in work.runs.steps(run.id) if each.name == step), None)
    if found is None or found.asks is None or found.state is not StepState.WAITING or held.over:
        raise NothingAsked(f"The step '{step}' waits for nobody's approval.", fields=("step",))
    if Right(found.asks) not in rights_of(permit.identity, project=run.project, members=work.members):
        raise RightMissing(
            f"{permit.identity.name} lacks the right to {found.asks} here, which the step '{step}' asks for."
        )
    decision = {
        "approved": approved,
        "reason": reason.strip()[:LONGEST_REASON],
        "by": permit.user,
        "name": permit.identity.user.name if permit.identity.user else permit.identity.name,
        "at": clock.now().isoformat(),
    }
    decided = replace(found, decision=decision, due=clock.now(), asks=None)
    work.runs.change_step(decided)
    work.runs.change(replace(held, due=clock.now()))
    return decided


def cancel_run(run: Run, *, permit: Permit, work: Unit, clock: Clock) -> Run:
    """Nothing more of it begins. What is at work is stopped by its worker within a second or two."""
    held = _held(run, work)
    if held.over:
        raise RunOver(f"The run is over; it is {held.state.value}.")
    name = permit.identity.user.name if permit.identity.user else permit.identity.name
    now = clock.now()
    for step in work.runs.steps(run.id):
        if step.state in OPEN and step.state is not StepState.RUNNING:
            said = step.said if step.state is StepState.PENDING else f"Cancelled while: {step.said}"
            stopped = replace(step, state=StepState.CANCELLED, due=None, asks=None, said=said, ended=now)
            work.runs.change_step(stopped)
    cancelled = replace(held, state=RunState.CANCELLED, due=now, ended=now, said=f"Cancelled by {name}.")
    work.runs.change(cancelled)
    return cancelled


def resume_run(run: Run, *, work: Unit, clock: Clock) -> Run:
    """From the steps that failed, or were cancelled, on; what is done stays done."""
    held = _held(run, work)
    steps = work.runs.steps(run.id)
    if held.state not in {RunState.FAILED, RunState.CANCELLED} or any(s.state is StepState.RUNNING for s in steps):
        raise RunGoesOn(f"Only a run that has failed or was cancelled can be resumed; this one is {held.state.value}.")
    graph = graph_of(work.pipelines.version(run.pipeline, run.version))
    broken = [step.name for step in steps if step.state in {StepState.FAILED, StepState.CANCELLED}]
    again = {name for each in broken for name in graph.followers(each)}
    for step in steps:
        if step.name in again and step.state in AGAIN:
            work.runs.change_step(StepRun(run.id, step.name, step.place, attempt=step.attempt))
    resumed = replace(held, state=RunState.RUNNING, due=clock.now(), ended=None, said="")
    work.runs.change(resumed)
    return resumed


def run_of(run: str, *, work: Unit) -> Run:
    found = work.runs.get(run)
    if found is None:
        raise NoRun("There is no such run here.")
    return found


def _held(run: Run, work: Unit) -> Run:
    return work.runs.hold(run.id) or run
