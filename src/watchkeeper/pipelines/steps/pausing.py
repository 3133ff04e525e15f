"""When a step that waits for rows or labels looks again: the longer it has waited, the more seldom."""

from watchkeeper.pipelines.steps.kind import Doing

SOONEST, LONGEST = 0.25, 60.0
"""Seconds."""
SHARE = 1 / 240
"""Of the time that it has waited: for a minute it looks as often as it may, after four hours once a minute."""


def pause(doing: Doing) -> float:
    waited = (doing.tools.clock.now() - doing.begun).total_seconds()
    return min(max(waited * SHARE, SOONEST), LONGEST)
