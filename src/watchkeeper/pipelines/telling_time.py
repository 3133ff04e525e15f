"""What time it is by a pipeline's clock."""

from datetime import UTC, datetime, timedelta

from watchkeeper.clock import Clock
from watchkeeper.pipelines.pipeline import ClockKind, Graph, Pipeline
from watchkeeper.pipelines.ports import Unit
from watchkeeper.serving.deployment import Role

EPOCH, HOUR = datetime(1970, 1, 1, tzinfo=UTC), timedelta(hours=1)


def moment_of(pipeline: Pipeline, graph: Graph, *, work: Unit, clock: Clock) -> datetime | None:
    """Now, or the newest event of its deployment, which can't be later than now, nor than the hour of the newest row
    that counts: one whose time lies too far ahead does not. None before there is any event."""
    now = clock.now()
    if graph.clock is ClockKind.WALL:
        return now
    deployment = pipeline.deployment or ""
    reach, hour = work.journal.reach(deployment), work.hours.newest(deployment, role=Role.CHAMPION)
    if reach is None:
        return None
    return min(reach[1], now) if hour is None else min(reach[1], now, EPOCH + (hour + 1) * HOUR)


def first_moment(pipeline: Pipeline, graph: Graph, *, work: Unit, clock: Clock) -> datetime | None:
    """From which on the ticks of a pipeline that has just been made count: now, or the oldest event where its
    deployment had none yet when it was made."""
    if graph.clock is ClockKind.WALL:
        return clock.now()
    reach = work.journal.reach(pipeline.deployment or "")
    return reach[0] if reach else None
