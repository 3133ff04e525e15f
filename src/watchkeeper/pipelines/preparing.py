"""What a step is given to work with: its fields filled in, and the permit of who saved the pipeline."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from watchkeeper.access.errors import RightMissing
from watchkeeper.access.permitting import Permit, permit
from watchkeeper.access.user import Identity
from watchkeeper.pipelines.errors import PipelineRefused
from watchkeeper.pipelines.fields import PARAMETERS, RUN, Unfit, filled
from watchkeeper.pipelines.pipeline import ClockKind, Pipeline, Step
from watchkeeper.pipelines.ports import Unit
from watchkeeper.pipelines.run import Run, StepRun, StepState
from watchkeeper.pipelines.steps import KINDS
from watchkeeper.pipelines.steps.kind import Doing, Tools
from watchkeeper.pipelines.steps.log import Log


def prepared(
    step: Step,
    state: StepRun,
    *,
    run: Run,
    pipeline: Pipeline,
    clock: ClockKind,
    moment: datetime | None,
    tools: Tools,
    log: Log,
    work: Unit,
    stopped: Callable[[], str | None],
) -> Doing:
    return Doing(
        run=run,
        pipeline=pipeline,
        step=step,
        fields=_fields(step, run, pipeline, moment, work),
        clock=clock,
        moment=moment,
        begun=state.begun or tools.clock.now(),
        memory=state.memory,
        decision=state.decision,
        attempt=state.attempt,
        permit=_permit(step, run, pipeline, work),
        tools=tools,
        log=log,
        stopped=stopped,
        unit=work,
    )


def _fields(step: Step, run: Run, pipeline: Pipeline, moment: datetime | None, work: Unit) -> dict[str, Any]:
    """Those that hold nothing are left out."""
    known: dict[str, Mapping[str, Any]] = {
        each.name: each.outputs for each in work.runs.steps(run.id) if each.state is StepState.DONE
    }
    known[PARAMETERS] = run.parameters
    known[RUN] = {
        "id": run.id,
        "number": run.number,
        "pipeline": pipeline.name,
        "moment": moment.isoformat() if moment else None,
        "day": moment.date().isoformat() if moment else None,
    }
    found = {}
    for name, of in KINDS[step.kind].fields.items():
        value = filled(step.fields.get(name), known)
        if value is None:
            continue
        try:
            found[name] = of.read(value)
        except Unfit as unfit:
            raise PipelineRefused(
                f"'{name}' {unfit}; it is {value!r}.", fields=(f"steps.{step.name}.{name}",)
            ) from None
    return found


def _permit(step: Step, run: Run, pipeline: Pipeline, work: Unit) -> Permit:
    """Of who saved the version, as their rights are now."""
    version = work.pipelines.version(pipeline.id, run.version)
    user = work.users.get(version.created_by)
    if user is None or user.disabled is not None:
        raise RightMissing(f"Who saved version {run.version} may do nothing here any more. Save it again as another.")
    identity = Identity(user.name, user=user)
    return permit(identity, KINDS[step.kind].right, project=run.project, members=work.members)
