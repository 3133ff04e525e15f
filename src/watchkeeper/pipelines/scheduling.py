"""Which pipelines have to run now: a tick has passed, or a rule has fired.

A tick, or a firing, and the run that it begins are written in one transaction, with a row that there can be once. One
run goes on at a time: ticks that pass meanwhile, or while nobody is there, are caught up by one run, which says so.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watchkeeper.alerts.firing import Firing
from watchkeeper.clock import Clock
from watchkeeper.errors import WatchkeeperError
from watchkeeper.pipelines.graphs import graph_in_force
from watchkeeper.pipelines.pipeline import Graph, OnFiring, Pipeline, Schedule
from watchkeeper.pipelines.ports import OpenUnit, Unit
from watchkeeper.pipelines.run import Cause, Run
from watchkeeper.pipelines.schedule import newest_tick
from watchkeeper.pipelines.starting import start_run
from watchkeeper.pipelines.telling_time import first_moment, moment_of

log = logging.getLogger(__name__)
OF_RUNS = "runs"
LOOKED_AT = 50
"""Firings, the newest, that are looked at."""


@dataclass(frozen=True)
class Scheduler:
    unit: OpenUnit
    look: OpenUnit
    clock: Clock

    def turn(self) -> list[Run]:
        """The runs that were begun."""
        with self.look() as work:
            wanting = [pipeline for pipeline in work.pipelines.going() if self._tried(pipeline, work)]
        begun: list[Run] = []
        for pipeline in wanting:
            try:
                with self.unit() as work:
                    held = work.pipelines.hold(pipeline.id)
                    if held is not None and not held.paused and held.removed is None:
                        begun += self._start(held, work)
            except Exception:
                log.exception("the pipeline %s can't be started; trying again", pipeline.name)
        return begun

    def _tried(self, pipeline: Pipeline, work: Unit) -> bool:
        """One whose definition can't be read any more keeps no other waiting."""
        try:
            return self._wants(pipeline, work)
        except WatchkeeperError as failure:
            log.warning("the pipeline %s can't be looked at: %s", pipeline.name, failure.message)
            return False

    def _wants(self, pipeline: Pipeline, work: Unit) -> bool:
        graph = graph_in_force(pipeline, work=work)
        if graph.schedule is None and graph.on_firing is None:
            return False
        moment = moment_of(pipeline, graph, work=work, clock=self.clock)
        if moment is None:
            return False
        if graph.schedule is not None and (pipeline.ticked is None or _passed(pipeline, graph.schedule, moment)):
            return True
        return bool(graph.on_firing and self._fired(pipeline, graph.on_firing, work))

    def _start(self, pipeline: Pipeline, work: Unit) -> list[Run]:
        graph = graph_in_force(pipeline, work=work)
        moment = moment_of(pipeline, graph, work=work, clock=self.clock)
        if moment is None:
            return []
        if pipeline.ticked is None:
            pipeline = replace(pipeline, ticked=first_moment(pipeline, graph, work=work, clock=self.clock))
            work.pipelines.change(pipeline)
        busy = any(run.cause is not Cause.HAND for run in work.runs.going_on(pipeline.id))
        begun = [] if graph.schedule is None or busy else self._tick(pipeline, graph.schedule, moment, work)
        if graph.on_firing is not None:
            begun += self._fire(pipeline, graph, moment, work, busy=busy or bool(begun))
        return begun

    def _tick(self, pipeline: Pipeline, schedule: Schedule, moment: datetime, work: Unit) -> list[Run]:
        passed = _passed(pipeline, schedule, moment)
        if passed is None:
            return []
        tick, count = passed
        work.pipelines.change(replace(pipeline, ticked=tick))
        cause = f"tick {tick.isoformat()}"
        if work.pipelines.answered(pipeline.id, [cause]):
            return []
        why = _why_ticked(tick, count - 1, schedule)
        run = start_run(
            pipeline, cause=Cause.TICK, why=why, by=pipeline.created_by, work=work, clock=self.clock, moment=moment
        )
        work.pipelines.answer(pipeline.id, cause, run=run.id)
        return [run]

    def _fire(self, pipeline: Pipeline, graph: Graph, moment: datetime, work: Unit, *, busy: bool) -> list[Run]:
        """The newest begins a run, unless one goes on or the last is not long enough ago; all are dealt with then."""
        on_firing = graph.on_firing or OnFiring((), 0.0)
        fired = self._fired(pipeline, on_firing, work)
        if not fired:
            return []
        last = work.runs.newest(pipeline.id)
        cool = last is None or last.moment is None or moment >= last.moment + timedelta(seconds=on_firing.cool_down)
        begun = []
        if cool and not busy:
            why = f"A rule fired: {fired[0].sentence}"
            begun = [
                start_run(pipeline, cause=Cause.FIRING, why=why, by=pipeline.created_by, work=work, clock=self.clock)
            ]
        for firing in fired:
            started = begun[0].id if begun and firing is fired[0] else None
            work.pipelines.answer(pipeline.id, f"firing {firing.id}", run=started)
        return begun

    def _fired(self, pipeline: Pipeline, on_firing: OnFiring, work: Unit) -> list[Firing]:
        """Open firings that were found since the pipeline is there and that it has not dealt with, the newest first."""
        page = work.firings.page(
            pipeline.project, deployment=pipeline.deployment, only_open=True, after=None, limit=LOOKED_AT
        )
        recent = [each for each in page if each.found > pipeline.created]
        mine = [each for each in recent if _matches(each, on_firing.rules, work)]
        done = work.pipelines.answered(pipeline.id, [f"firing {each.id}" for each in mine])
        return [each for each in mine if f"firing {each.id}" not in done]


def _matches(firing: Firing, rules: Sequence[str], work: Unit) -> bool:
    rule = work.rules.get(firing.rule)
    if rule is None:
        return False
    return bool({rule.id, rule.name, rule.signal} & set(rules)) if rules else rule.signal != OF_RUNS


def _passed(pipeline: Pipeline, schedule: Schedule, moment: datetime) -> tuple[datetime, int] | None:
    if pipeline.ticked is None:
        return None
    return newest_tick(schedule.cron, schedule.time_zone, after=pipeline.ticked, until=moment)


def _why_ticked(tick: datetime, missed: int, schedule: Schedule) -> str:
    when = f"{tick.astimezone(ZoneInfo(schedule.time_zone)):%-d %B %Y, %H:%M} {schedule.time_zone}"
    if not missed:
        return f"The tick of {when}."
    before = "the one before it" if missed == 1 else f"the {missed:,} before it"
    return f"The tick of {when}; it catches up for {before}, when nothing could run."
