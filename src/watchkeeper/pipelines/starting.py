"""Beginning a run: by hand, on a tick, on a firing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from watchkeeper.clock import Clock
from watchkeeper.names import new_id
from watchkeeper.pipelines.errors import UnknownStep
from watchkeeper.pipelines.graphs import graph_in_force
from watchkeeper.pipelines.pipeline import Pipeline
from watchkeeper.pipelines.ports import Unit
from watchkeeper.pipelines.run import Cause, Run, RunState, StepRun
from watchkeeper.pipelines.telling_time import moment_of


def start_run(
    pipeline: Pipeline,
    *,
    cause: Cause,
    why: str,
    by: str,
    work: Unit,
    clock: Clock,
    parameters: Mapping[str, Any] | None = None,
    moment: datetime | None = None,
) -> Run:
    """Of the version in force; the pipeline is to be held. `parameters` go before the graph's defaults."""
    graph = graph_in_force(pipeline, work=work)
    for name in parameters or {}:
        if name not in graph.parameters:
            there = f"it has {', '.join(graph.parameters)}" if graph.parameters else "it has none"
            raise UnknownStep(f"The pipeline has no parameter '{name}'; {there}.", fields=(f"parameters.{name}",))
    now = clock.now()
    run = Run(
        id=new_id(),
        pipeline=pipeline.id,
        project=pipeline.project,
        number=work.runs.next_number(pipeline.id),
        version=pipeline.version,
        state=RunState.RUNNING,
        cause=cause,
        why=why,
        parameters={**graph.parameters, **(parameters or {})},
        moment=moment or moment_of(pipeline, graph, work=work, clock=clock),
        begun=now,
        begun_by=by,
        due=now,
    )
    work.runs.add(run, [StepRun(run.id, step.name, place) for place, step in enumerate(graph.steps)])
    return run
