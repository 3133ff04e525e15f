"""Pipelines and runs for tests."""

from typing import Any

from tests.fakes.clock import StillClock
from watchkeeper.pipelines.pipeline import Pipeline, PipelineVersion
from watchkeeper.pipelines.run import Cause, Run, RunState, StepRun
from watchkeeper.storage.work import Work

NOW = StillClock().now()
ASKING: dict[str, Any] = {"steps": {"ask": {"kind": "gate", "approval": True}}}


def pipeline(**how: Any) -> Pipeline:
    plain = {"id": "l1", "project": "p1", "deployment": None, "name": "line", "slug": "line", "version": 1}
    return Pipeline(**{**plain, "paused": False, "created": NOW, "created_by": "u1", **how})


def add_pipeline(work: Work, definition: dict[str, Any] | None = None, **how: Any) -> Pipeline:
    """The pipeline with a run, `n1`, whose one step waits."""
    made = pipeline(**how)
    work.pipelines.add(made, PipelineVersion(made.id, 1, definition or ASKING, NOW, made.created_by))
    run = Run(
        id="n1",
        pipeline=made.id,
        project=made.project,
        number=1,
        version=1,
        state=RunState.RUNNING,
        cause=Cause.HAND,
        why="Begun by hand.",
        parameters={},
        moment=NOW,
        begun=NOW,
        begun_by="u1",
        due=NOW,
    )
    work.runs.add(run, [StepRun("n1", "ask", 0)])
    return made
