"""A step that predicts asks for a batch, and goes on once its results are a dataset."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.answers import ROWS, real_models
from tests.storage.test_runs import Line, line  # noqa: F401  (a fixture)
from watchkeeper.batches.answering import answer_chunks
from watchkeeper.batches.batch import Batch, ChunkReport, State
from watchkeeper.batches.child import task_of
from watchkeeper.batches.errors import ChampionFailed
from watchkeeper.batches.running import Batcher
from watchkeeper.batches.turning import FILL, fill_dataset
from watchkeeper.jobs.job import State as JobState
from watchkeeper.pipelines.deciding import cancel_run, resume_run
from watchkeeper.pipelines.run import Run

STEPS = {
    "answers": {"kind": "predict", "dataset": "asked", "deployment": "live", "name": "answered", "journal": False},
    "after": {"kind": "python", "code": "def run(inputs):\n    return inputs", "inputs": {"rows": "${answers.rows}"}},
}


@pytest.fixture
def asked(line: Line, tmp_path: Path) -> Line:  # noqa: F811
    """A line whose models answer."""
    real_models(line.store, line.world.places, tmp_path / "scratch")
    return line


def jobs_done(at: Line, *, failing: int | None = None) -> None:
    """What a worker does; the batch's process fails at a chunk, if one is named."""
    places = at.world.places

    def answer(batch: Batch, *, kept: Callable[[ChunkReport], None], stopped: Callable[[], bool]) -> None:
        del stopped
        for report in answer_chunks(replace(task_of(batch, places=places)), record=None):
            if report.number == failing:
                raise ChampionFailed("The champion failed on these rows.")
            kept(report)

    with at.store.look() as work:
        jobs = work.jobs.asked(10)
    for job in jobs:
        if job.kind == FILL:
            fill_dataset(job.subject, job.arguments, unit=at.store.work, places=places)
        else:
            Batcher(at.store.work, places, answer, at.clock).run(job.subject)
        with at.store.work() as work:
            work.jobs.mark(job.id, JobState.DONE)


def the_batch(at: Line) -> Batch:
    with at.store.look() as work:
        (found,) = work.batches.page("d1", after=None, limit=5)
    return found


def turned(at: Line, run: Run, *states: str, failing: int | None = None) -> None:
    end = time.monotonic() + 60
    while at.state(run) not in states:
        assert time.monotonic() < end, (at.states(run), at.said(run))
        at.turn()
        jobs_done(at, failing=failing)
        at.clock.move(seconds=1)
        time.sleep(0.02)


def test_its_answers_are_a_dataset_that_the_next_step_can_use(asked: Line) -> None:
    run = asked.run(steps=STEPS)
    turned(asked, run, "done")
    outputs = asked.step(run, "answers").outputs
    batch = the_batch(asked)
    assert (outputs["batch"], outputs["rows"], outputs["refused"], outputs["release"]) == (batch.id, ROWS, 0, 1)
    assert asked.step(run, "after").outputs == {"rows": ROWS}
    with asked.store.look() as work:
        found = work.datasets.named("answered", project="p1")
    assert found is not None
    assert (found.id, found.rows) == (outputs["dataset"], ROWS)
    assert {"prediction", "challenger_prediction"} <= set(found.schema.names)


def test_one_that_failed_goes_on_with_the_same_batch_when_the_run_is_resumed(asked: Line) -> None:
    run = asked.run(steps=STEPS)
    turned(asked, run, "failed", failing=1)
    assert "The champion failed on these rows" in asked.said(run)
    failed = the_batch(asked)
    assert (failed.state, failed.chunks) == (State.FAILED, 1)
    with asked.store.work() as work:
        resume_run(run, work=work, clock=asked.clock)
    turned(asked, run, "done")
    assert (the_batch(asked).id, the_batch(asked).state) == (failed.id, State.DONE)


def test_a_run_that_is_cancelled_cancels_its_batch(asked: Line) -> None:
    run = asked.run(steps=STEPS)
    while not asked.step(run, "answers").memory:
        asked.turn()
    with asked.store.work() as work:
        cancel_run(run, permit=asked.permit(), work=work, clock=asked.clock)
    asked.turn()
    assert the_batch(asked).state is State.CANCELLED


def test_a_worker_that_is_gone_leaves_the_step_to_the_next(asked: Line) -> None:
    run = asked.run(steps=STEPS)
    while not asked.step(run, "answers").memory:
        asked.turn()
    asked.worker()
    turned(asked, run, "done")
    assert the_batch(asked).answered == ROWS
