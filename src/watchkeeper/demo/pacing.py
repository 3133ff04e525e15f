"""Letting the platform come along: two years pass in a minute, and what takes it seconds must not take it months."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from watchkeeper.demo.history import TIME, Day
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Unavailable
from watchkeeper.sdk.pipelines import Pipeline
from watchkeeper.sdk.runs import Run
from watchkeeper.sdk.waiting import settled

STOPS = (1, 16)
"""Days of a month on which the story waits: on the first is the tick, by the other the challenger has been seen."""
PATIENCE, PAUSE = 120.0, 0.4
LOOKED = timedelta(seconds=0.25)
"""A step that waits says when it is looked at again, no sooner than so long after a look."""
FOR_ROWS = ("wait", "compare")
"""Kinds of steps that wait for newer rows; the others that wait have something going on."""


class Pace:
    """Called after each day, with the number of labels that were sent until then. `haste` is called whenever the
    platform has come along, and says whether it began something."""

    def __init__(self, deployment: Deployment, haste: Callable[[Day], bool]) -> None:
        self._deployment = deployment
        self._haste = haste

    def __call__(self, day: Day, labels: int) -> None:
        if day.day.day not in STOPS:
            return
        until(lambda: self._counted(labels), "The labels are not being counted; the worker's log says why.")
        self._settle(day)
        if self._haste(day):
            self._settle(day)
        self._deployment.wait()

    def _settle(self, day: Day) -> None:
        newest, begun = moment_of(day), datetime.now(UTC)
        until(lambda: self._quiet(newest, since=begun), "The pipelines do not come along; their runs' pages say why.")

    def _counted(self, labels: int) -> bool:
        status = self._deployment.labels.status()
        return status.matched >= labels and not status.days_waiting

    def _quiet(self, newest: datetime, *, since: datetime) -> bool:
        """Whether nothing is left to do until rows newer than these come."""
        return all(_is_quiet(each, newest, since=since) for each in self._deployment.pipelines.list())


def moment_of(day: Day) -> datetime:
    """That of its newest row, in UTC, as it is where no zone is said."""
    newest = datetime.fromisoformat(max(str(row[TIME]) for row in day.rows))
    return newest if newest.tzinfo else newest.replace(tzinfo=UTC)


def until(so: Callable[[], bool], otherwise: str) -> None:
    if not settled(so, pause=time.sleep, within=PATIENCE, longest=PAUSE):
        raise Unavailable(otherwise)


def _is_quiet(pipeline: Pipeline, newest: datetime, *, since: datetime) -> bool:
    going_on = [run for run in pipeline.runs.list() if run.state == "running"]
    due = not pipeline.paused and pipeline.next_tick is not None and pipeline.next_tick <= newest
    return all(_waits(run, since=since) for run in going_on) if going_on else not due


def _waits(run: Run, *, since: datetime) -> bool:
    """Whether it waits, and has been looked at since then."""
    at_work = [step for step in run.refresh().steps if step.begun is not None and step.ended is None]
    waiting = [step for step in at_work if step.state == "waiting" and step.kind in FOR_ROWS]
    return bool(waiting) and len(waiting) == len(at_work) and all(_looked_at(step.due, since) for step in waiting)


def _looked_at(due: datetime | None, since: datetime) -> bool:
    return due is None or due >= since + LOOKED
