"""The room left on the disk that holds the data directory, and what is to be said of it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

LOW_SHARE, LOW_BYTES = 0.05, 2**30
"""Unless it is set otherwise, a disk is nearly full below the smaller of the two."""
LAST = 4
"""The part of that room, a quarter, which is left to the database and to collecting: calls are not recorded into it."""


class WhenFull(StrEnum):
    """What becomes of predictions that can't be recorded: they are refused, or answered and counted as not recorded."""

    REFUSE = "refuse"
    ANSWER = "answer"


@dataclass(frozen=True)
class Disk:
    """Bytes; it is nearly full below `low`."""

    free: int
    total: int
    low: int
    when_full: WhenFull = WhenFull.REFUSE

    @property
    def last(self) -> int:
        """Below this no call is recorded."""
        return self.low // LAST

    @property
    def nearly_full(self) -> bool:
        return self.free < self.low

    @property
    def full(self) -> bool:
        return self.free < self.last

    @property
    def used_up(self) -> float:
        """The share of the room below which it is nearly full that is gone; 0 while it is not."""
        return (self.low - self.free) / self.low if self.nearly_full else 0.0

    @property
    def left(self) -> str:
        """How much room is left, once that is little."""
        return f"The disk is {'full' if self.full else 'nearly full'}: {_size(self.free)} of {_size(self.total)} left."

    @property
    def sentence(self) -> str | None:
        """What is wrong, and what comes of it; None while nothing is."""
        if not self.nearly_full:
            return None
        fate = "are refused" if self.when_full is WhenFull.REFUSE else "are answered, counted and not recorded"
        if self.full:
            return f"{self.left} Predictions {fate} until there is room."
        return f"{self.left} Below {_size(self.last)} predictions {fate}."


MeasureDisk = Callable[[], Disk | None]


def nothing_known() -> Disk | None:
    """Where no disk is watched."""
    return None


def measured(place: Path, *, low: str = "", when_full: WhenFull = WhenFull.REFUSE) -> Disk:
    """`low` is a share such as `5%`, or bytes."""
    found = shutil.disk_usage(place)
    return Disk(free=found.free, total=found.total, low=low_of(low, found.total), when_full=when_full)


def low_of(said: str, total: int) -> int:
    """Raise ValueError where it is neither a share below 100 % nor a number of bytes."""
    if not said:
        return min(int(total * LOW_SHARE), LOW_BYTES)
    if said.endswith("%"):
        share = float(said.removesuffix("%")) / 100
        if not 0 <= share < 1:
            raise ValueError(said)
        return int(total * share)
    found = int(said)
    if found < 0:
        raise ValueError(said)
    return found


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
