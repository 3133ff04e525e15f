"""What time it is by a pipeline's clock."""

from datetime import datetime

from watchkeeper.clock import Clock
from watchkeeper.pipelines.pipeline import ClockKind, Graph, Pipeline
from watchkeeper.pipelines.ports import Unit


def moment_of(pipeline: Pipeline, graph: Graph, *, work: Unit, clock: Clock) -> datetime | None:
    """Now, or the newest event of its deployment, which can't be later than now; None before there is any event."""
    now = clock.now()
    if graph.clock is ClockKind.WALL:
        return now
    reach = work.journal.reach(pipeline.deployment or "")
    return min(reach[1], now) if reach else None


def first_moment(pipeline: Pipeline, graph: Graph, *, work: Unit, clock: Clock) -> datetime | None:
    """From which on the ticks of a pipeline that has just been made count: now, or the oldest event where its
    deployment had none yet when it was made."""
    if graph.clock is ClockKind.WALL:
        return clock.now()
    reach = work.journal.reach(pipeline.deployment or "")
    return reach[0] if reach else None
