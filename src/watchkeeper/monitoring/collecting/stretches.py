"""What a turn of collecting reads of the segments, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchkeeper.monitoring.collecting.gathering import Placed


@dataclass(frozen=True)
class Stretch:
    """What was read of one segment: frames from `start` up to `end`; `spent` when nothing can follow."""

    segment: str
    start: int
    end: int
    placed: Sequence[Placed]
    spent: bool


@dataclass(frozen=True)
class Collected:
    """How many frames a turn collected, and whether that was all there was when it began."""

    frames: int
    all: bool
