"""Runs of pipelines: how far they are, and what people do about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.pipelines.creating import pipeline_of
from watchkeeper.pipelines.deciding import approve, cancel_run, resume_run, run_of
from watchkeeper.pipelines.errors import NoRun
from watchkeeper.pipelines.graphs import graph_of
from watchkeeper.pipelines.run import Attempt, Cause, Run, StepRun
from watchkeeper.pipelines.starting import start_run
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.problem import problem_of
from watchkeeper.storage.work import Work

router = APIRouter(tags=["runs"])


class RunWanted(BaseModel):
    parameters: dict[str, Any] = {}


class Decision(BaseModel):
    """Of a gate that waits for an approval. `approved` false refuses: what comes after it is skipped."""

    step: str
    approved: bool = True
    reason: str = ""


class AttemptShown(BaseModel):
    number: int
    state: str
    begun: datetime
    ended: datetime | None
    error: Mapping[str, Any] | None


class StepRunShown(BaseModel):
    """`said` is how it stands, in words; `asks` the right of a person whose approval it waits for; `decision` who
    decided, when and why; `due` when it is looked at, or tried, again."""

    name: str
    kind: str
    after: list[str]
    state: str
    said: str
    outputs: Mapping[str, Any]
    error: Mapping[str, Any] | None
    asks: str | None
    decision: Mapping[str, Any] | None
    begun: datetime | None
    ended: datetime | None
    due: datetime | None
    attempts: list[AttemptShown]


class RunBrief(BaseModel):
    """`cause` is `hand`, `tick` or `firing`, and `why` says which; `moment` is that of the pipeline's clock;
    `waits_for` the step that waits for an approval."""

    id: str
    pipeline: str
    pipeline_name: str
    number: int
    version: int
    state: str
    cause: str
    why: str
    said: str
    moment: datetime | None
    begun: datetime
    begun_by: str
    ended: datetime | None
    waits_for: str | None


class RunShown(RunBrief):
    parameters: Mapping[str, Any]
    steps: list[StepRunShown]


class LogShown(BaseModel):
    """`omitted` is how many characters are left out of the middle of a long log."""

    step: str
    attempt: int
    log: str
    omitted: int


@router.get("/projects/{project}/runs", **needs(Right.READ))
def list_runs(permit: ThePermit, assembly: TheAssembly, limit: Limit = 100, cursor: Cursor = None) -> Page[RunBrief]:
    """Newest first."""
    with assembly.store.look() as work:
        return runs_page(permit.project or "", None, work, limit=limit, cursor=cursor)


@router.get("/pipelines/{pipeline}/runs", **needs(Right.READ))
def list_runs_of_pipeline(
    pipeline: str, assembly: TheAssembly, limit: Limit = 100, cursor: Cursor = None
) -> Page[RunBrief]:
    """Newest first."""
    with assembly.store.look() as work:
        found = pipeline_of(pipeline, work=work)
        return runs_page(found.project, found.id, work, limit=limit, cursor=cursor)


@router.post("/pipelines/{pipeline}/runs", status_code=202, **needs(Right.WRITE))
def post_run(pipeline: str, wanted: RunWanted, permit: ThePermit, assembly: TheAssembly) -> RunShown:
    """By hand, with parameters instead of their defaults. It goes on after the answer: ask for the run until its
    `state` is `done`, `failed` or `cancelled`."""
    with assembly.store.work() as work:
        return show_run(begin(pipeline, wanted.parameters, permit=permit, work=work, assembly=assembly), work)


@router.get("/runs/{run}", **needs(Right.READ))
def get_run(run: str, assembly: TheAssembly) -> RunShown:
    with assembly.store.look() as work:
        return show_run(run_of(run, work=work), work)


@router.get("/runs/{run}/steps/{step}/log", **needs(Right.READ))
def get_log(run: str, step: str, assembly: TheAssembly, attempt: int | None = None) -> LogShown:
    """What the step wrote in an attempt; in the newest without."""
    with assembly.store.look() as work:
        found = log_of(run, step, attempt, work)
    return LogShown(step=step, attempt=found.number, log=found.log, omitted=found.omitted)


@router.post("/runs/{run}/approve", **needs(Right.WRITE))
def approve_step(run: str, said: Decision, permit: ThePermit, assembly: TheAssembly) -> RunShown:
    """Approve or refuse what a gate asks; the gate may ask for more than this right."""
    with assembly.store.work() as work:
        found = run_of(run, work=work)
        approve(
            found,
            said.step,
            approved=said.approved,
            reason=said.reason,
            permit=permit,
            work=work,
            clock=assembly.clock,
        )
        return show_run(run_of(run, work=work), work)


@router.post("/runs/{run}/cancel", **needs(Right.WRITE))
def post_cancel(run: str, permit: ThePermit, assembly: TheAssembly) -> RunShown:
    """Nothing more of it begins; what is at work is stopped within a second or two."""
    with assembly.store.work() as work:
        cancel_run(run_of(run, work=work), permit=permit, work=work, clock=assembly.clock)
        return show_run(run_of(run, work=work), work)


@router.post("/runs/{run}/resume", **needs(Right.WRITE))
def post_resume(run: str, assembly: TheAssembly) -> RunShown:
    """From the steps that failed or were cancelled on; what is done stays done."""
    with assembly.store.work() as work:
        resume_run(run_of(run, work=work), work=work, clock=assembly.clock)
        return show_run(run_of(run, work=work), work)


def begin(pipeline: str, parameters: Mapping[str, Any], *, permit: Permit, work: Work, assembly: Assembly) -> Run:
    found = pipeline_of(pipeline, work=work)
    held = work.pipelines.hold(found.id) or found
    name = permit.identity.user.name if permit.identity.user else permit.identity.name
    return start_run(
        held,
        cause=Cause.HAND,
        why=f"Begun by {name}.",
        by=permit.user,
        parameters=parameters,
        work=work,
        clock=assembly.clock,
    )


def log_of(run: str, step: str, attempt: int | None, work: Work) -> Attempt:
    made = work.runs.attempts(run_of(run, work=work).id, step=step)
    found = [each for each in made if attempt is None or each.number == attempt]
    if not found:
        raise NoRun(f"The step '{step}' has made no such attempt yet.")
    return found[-1]


def runs_page(project: str, pipeline: str | None, work: Work, *, limit: int, cursor: str | None) -> Page[RunBrief]:
    found = work.runs.page(project, pipeline=pipeline, after=cursor, limit=limit + 1)
    return paged(found, limit=limit, show=lambda run: brief(run, work), cursor=lambda run: run.id)


def brief(run: Run, work: Work) -> RunBrief:
    return RunBrief(**_facts(run, work.runs.steps(run.id), work))


def show_run(run: Run, work: Work) -> RunShown:
    graph = graph_of(work.pipelines.version(run.pipeline, run.version))
    attempts = work.runs.attempts(run.id)
    states = work.runs.steps(run.id)
    steps = []
    for each in states:
        step = graph.step(each.name)
        mine = [_attempt(attempt) for attempt in attempts if attempt.step == each.name]
        steps.append(_step(each, kind=step.kind, after=list(step.after), attempts=mine))
    return RunShown(**_facts(run, states, work), parameters=run.parameters, steps=steps)


def _facts(run: Run, steps: list[StepRun], work: Work) -> dict[str, Any]:
    pipeline, user = work.pipelines.get(run.pipeline), work.users.get(run.begun_by)
    return {
        **{name: value for name, value in vars(run).items() if name not in {"project", "due", "parameters"}},
        "pipeline_name": pipeline.name if pipeline else "",
        "begun_by": user.name if user and run.cause is Cause.HAND else "",
        "waits_for": next((each.name for each in steps if each.asks is not None), None),
    }


def _step(state: StepRun, *, kind: str, after: list[str], attempts: list[AttemptShown]) -> StepRunShown:
    known = {name: getattr(state, name) for name in StepRunShown.model_fields if hasattr(state, name)}
    return StepRunShown(
        **{**known, "kind": kind, "after": after, "attempts": attempts, "error": problem_of(state.error)}
    )


def _attempt(attempt: Attempt) -> AttemptShown:
    known = {name: getattr(attempt, name) for name in AttemptShown.model_fields}
    return AttemptShown(**{**known, "error": problem_of(attempt.error)})
