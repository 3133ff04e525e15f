"""A worker takes over at once from the one before it in the same directory, instead of waiting for its leases to end.

There is one worker a directory, so that the one before is gone; should it still write something, its tokens are worth
nothing once the leases are taken anew.
"""

from pathlib import Path

from watchkeeper.clock import Clock
from watchkeeper.monitoring.ports import OpenUnit


def take_over(file: Path, *, holder: str, unit: OpenUnit, clock: Clock) -> None:
    """`file` holds the name of the one before; then this one's."""
    if file.exists():
        leave(file.read_text(encoding="utf-8"), unit=unit, clock=clock)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(holder, encoding="utf-8")


def leave(holder: str, *, unit: OpenUnit, clock: Clock) -> None:
    with unit() as work:
        work.lease.leave(holder, at=clock.now())
