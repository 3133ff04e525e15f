"""Moving runs on, step by step, whatever is killed in between.

What is recorded is never done again: a step's effects are written in the transaction that records it, or are known by
run and step. One worker at a time holds the lease; what another one records after it has lost the lease is refused.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watchkeeper.errors import Unavailable, WatchkeeperError
from watchkeeper.pipelines.graphs import graph_of
from watchkeeper.pipelines.outcomes import after, began, failed, overdue, settled
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.ports import Unit
from watchkeeper.pipelines.preparing import prepared
from watchkeeper.pipelines.run import Attempt, Run, StepRun, StepState
from watchkeeper.pipelines.scene import Moved, Scene, attempt_of
from watchkeeper.pipelines.steps import KINDS
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Later, Outcome, Tools
from watchkeeper.pipelines.steps.log import Log
from watchkeeper.pipelines.telling_time import moment_of
from watchkeeper.pipelines.working import AtWork

log = logging.getLogger(__name__)
LEASE, NAME = timedelta(seconds=10), "pipelines"
AT_ONCE = 4
LATER = timedelta(seconds=30)
"""When a run is tried again that failed where nothing should."""


@dataclass
class Runner:
    holder: str
    tools: Tools
    token: int = 0
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE, thread_name_prefix="step"))
    at_work: dict[tuple[str, str, int], AtWork] = field(default_factory=dict)

    def turn(self) -> int:
        """Every run that is due, as far as it goes now; how many these were."""
        with self.tools.look() as work:
            due = work.runs.due(self.tools.clock.now())
        if not due and not self.at_work:
            return 0
        if not self._lead():
            for each in self.at_work.values():
                each.stop()
            return 0
        runs = list(dict.fromkeys([*due, *(run for run, _, _ in self.at_work)]))
        for run in runs:
            try:
                self._advance(run)
            except Moved:
                continue
            except Unavailable as failure:
                log.warning("the run %s waits: %s", run, failure.message)
            except Exception:
                log.exception("the run %s can't be moved on; trying again later", run)
                self._postpone(run)
        return len(runs)

    def stop(self) -> None:
        """What is at work here begins again elsewhere."""
        for each in self.at_work.values():
            each.stop()
        self.pool.shutdown(wait=True, cancel_futures=True)

    def _postpone(self, name: str) -> None:
        with self.tools.unit() as work:
            held = work.runs.hold(name)
            if held is not None and held.due is not None:
                work.runs.change(replace(held, due=self.tools.clock.now() + LATER))

    def _lead(self) -> bool:
        now = self.tools.clock.now()
        with self.tools.unit() as work:
            token = work.lease.take(NAME, holder=self.holder, now=now, until=now + LEASE)
        self.token = token or 0
        return token is not None

    def _advance(self, name: str) -> None:
        while True:
            scene = self._look(name)
            if scene is None:
                return
            if scene.run.over:
                self._wind_up(scene)
                return
            moved = [self._move(scene, step) for step in scene.steps]
            if not any(moved):
                self._settle(scene)
                return

    def _look(self, name: str) -> Scene | None:
        with self.tools.look() as work:
            run = work.runs.get(name)
            pipeline = work.pipelines.get(run.pipeline) if run else None
            if run is None or pipeline is None:
                return None
            graph = graph_of(work.pipelines.version(pipeline.id, run.version))
            moment = moment_of(pipeline, graph, work=work, clock=self.tools.clock)
            return Scene(run, pipeline, graph, tuple(work.runs.steps(name)), moment)

    def _move(self, scene: Scene, state: StepRun) -> bool:
        """Whether anything has changed."""
        step, now = scene.graph.step(state.name), self.tools.clock.now()
        alone = KINDS[step.kind].how is How.ALONE
        match state.state:
            case StepState.PENDING:
                return self._begin(scene, step, state, now, alone=alone)
            case StepState.RETRYING if state.due is not None and state.due <= now and not scene.failing:
                return self._start(scene, step, began(state, now), was=state, alone=alone)
            case StepState.WAITING if state.due is not None and state.due <= now and not scene.failing:
                return self._do(scene, step, state, was=state)
            case StepState.RUNNING:
                return self._watch(scene, step, state)
        return False

    def _begin(self, scene: Scene, step: Step, state: StepRun, now: datetime, *, alone: bool) -> bool:
        before = [each for each in scene.steps if each.name in step.after]
        if any(each.state is StepState.SKIPPED or not each.onward for each in before):
            reason = next(each.name for each in before if each.state is StepState.SKIPPED or not each.onward)
            skipped = replace(
                state, state=StepState.SKIPPED, said=f"Skipped, since '{reason}' did not go on.", ended=now
            )
            self._record(scene, skipped, was=state)
            return True
        if scene.failing or any(each.state is not StepState.DONE for each in before):
            return False
        return self._start(scene, step, began(state, now), was=state, alone=alone)

    def _start(self, scene: Scene, step: Step, state: StepRun, *, was: StepRun, alone: bool) -> bool:
        if not alone:
            return self._do(scene, step, state, was=was)
        self._record(scene, state, was=was, attempt=attempt_of(state))
        self._work_on(scene, step, state)
        return True

    def _do(self, scene: Scene, step: Step, state: StepRun, *, was: StepRun) -> bool:
        """A step that takes no time: its effects and its record in one transaction."""
        kind, clock, written = KINDS[step.kind], self.tools.clock, Log()
        late = overdue(state, step, now=clock.now())
        try:
            if late is not None:
                self._give_up(scene, state)
                raise late
            if kind.how is How.READS:
                with self.tools.look() as work:
                    outcome = kind.do(self._doing(scene, step, state, written, work))
                self._keep(scene, step, state, outcome, written, was=was)
            else:
                with self.tools.unit() as work:
                    self._guard(scene, was, work)
                    outcome = kind.do(self._doing(scene, step, state, written, work))
                    self._put(after(state, outcome, now=clock.now()), written, work)
        except (Unavailable, Moved):
            raise
        except Exception as failure:
            if not isinstance(failure, WatchkeeperError):
                log.exception("the step %s of the run %s failed", step.name, scene.run.id)
            self._fail(scene, step, state, failure, written, was=was)
        return True

    def _watch(self, scene: Scene, step: Step, state: StepRun) -> bool:
        """A step on a thread of its own: begin it again if its process is gone, else take what it gave."""
        key = (scene.run.id, step.name, state.attempt)
        mine = self.at_work.get(key)
        if mine is None:
            self._work_on(scene, step, state)
            return False
        if not mine.over:
            if mine.wrote():
                self._record(scene, state, was=state, attempt=attempt_of(state, mine.log))
            return False
        del self.at_work[key]
        failure = mine.failure
        if failure is None:
            self._keep(scene, step, state, mine.result, mine.log, was=state)
        elif mine.stopped == "gone":
            return True
        else:
            self._fail(scene, step, state, failure, mine.log, was=state)
        return True

    def _work_on(self, scene: Scene, step: Step, state: StepRun) -> None:
        mine = AtWork(timeout=step.timeout)
        self.at_work[scene.run.id, step.name, state.attempt] = mine

        def do() -> Outcome:
            with self.tools.look() as work:
                doing = self._doing(scene, step, state, mine.log, work, stopped=mine)
            return KINDS[step.kind].do(replace(doing, unit=None))

        mine.begin(do, self.pool)

    def _doing(
        self, scene: Scene, step: Step, state: StepRun, written: Log, work: Unit, *, stopped: AtWork | None = None
    ) -> Doing:
        return prepared(
            step,
            state,
            run=scene.run,
            pipeline=scene.pipeline,
            clock=scene.graph.clock,
            moment=scene.moment,
            tools=self.tools,
            log=written,
            work=work,
            stopped=stopped.why_stop if stopped is not None else (lambda: None),
        )

    def _keep(
        self, scene: Scene, step: Step, state: StepRun, outcome: Outcome | None, written: Log, *, was: StepRun
    ) -> None:
        if not isinstance(outcome, Done | Later):
            raise TypeError(f"a step of kind {step.kind} gave no outcome")
        new = after(state, outcome, now=self.tools.clock.now())
        self._record(scene, new, was=was, attempt=attempt_of(new, written))

    def _fail(
        self, scene: Scene, step: Step, state: StepRun, failure: BaseException, written: Log, *, was: StepRun
    ) -> None:
        new = failed(state, failure, step=step, now=self.tools.clock.now())
        written.line(new.said)
        self._record(scene, new, was=was, attempt=attempt_of(new, written))

    def _record(self, scene: Scene, new: StepRun, *, was: StepRun, attempt: Attempt | None = None) -> None:
        with self.tools.unit() as work:
            self._guard(scene, was, work)
            work.runs.change_step(new)
            if attempt is not None:
                work.runs.put_attempt(attempt)

    def _put(self, new: StepRun, written: Log, work: Unit) -> None:
        work.runs.change_step(new)
        work.runs.put_attempt(attempt_of(new, written))

    def _guard(self, scene: Scene, was: StepRun, work: Unit) -> None:
        """Nobody else leads, and the step is still as it was looked at."""
        run = work.runs.hold(scene.run.id)
        kept = next((each for each in work.runs.steps(scene.run.id) if each.name == was.name), None)
        if not work.lease.still(NAME, self.token) or run is None or run.state is not scene.run.state or kept != was:
            raise Moved

    def _settle(self, scene: Scene) -> None:
        """When to look again, or how it ended."""
        new, stopped = settled(scene.run, scene.steps, now=self.tools.clock.now())
        if new == scene.run and not stopped:
            return
        with self.tools.unit() as work:
            held = work.runs.hold(scene.run.id)
            if not work.lease.still(NAME, self.token) or held != scene.run or _steps(work, held) != scene.steps:
                raise Moved
            for each in stopped:
                self._cancel(scene, each, work)
                work.runs.change_step(replace(each, state=StepState.CANCELLED, due=None, asks=None))
            work.runs.change(new)

    def _wind_up(self, scene: Scene) -> None:
        """Of a run that was cancelled: stop what is at work, here or in a process that is gone."""
        running = [step for step in scene.steps if step.state is StepState.RUNNING]
        waiting = False
        for step in running:
            key = (scene.run.id, step.name, step.attempt)
            mine = self.at_work.get(key)
            if mine is not None and not mine.over:
                mine.cancel()
                waiting = True
                continue
            self.at_work.pop(key, None)
            ended = replace(step, state=StepState.CANCELLED, ended=self.tools.clock.now(), said="It was stopped.")
            self._record(scene, ended, was=step, attempt=attempt_of(ended, mine.log if mine else None))
        if not waiting:
            with self.tools.unit() as work:
                held = work.runs.hold(scene.run.id)
                if held is not None and held.over:
                    for step in scene.steps:
                        if step.state is StepState.CANCELLED and step.attempt:
                            self._cancel(scene, step, work)
                    work.runs.change(replace(held, due=None))

    def _give_up(self, scene: Scene, state: StepRun) -> None:
        with self.tools.unit() as work:
            self._cancel(scene, state, work)

    def _cancel(self, scene: Scene, state: StepRun, work: Unit) -> None:
        """What it has asked others for."""
        step = scene.graph.step(state.name)
        try:
            KINDS[step.kind].cancel(self._doing(scene, step, state, Log(), work))
        except WatchkeeperError as failure:
            log.warning("cancelling the step %s of the run %s: %s", step.name, scene.run.id, failure.message)


def _steps(work: Unit, run: Run | None) -> Sequence[StepRun]:
    return tuple(work.runs.steps(run.id)) if run is not None else ()
