"""Waiting for the server to get something done, through its restarts."""

import time
from collections.abc import Callable

from watchkeeper.sdk.errors import Unavailable, Unreachable

FIRST, LONGEST, GROWTH = 0.1, 1.0, 1.3
OUTAGE = 60.0


def settled(
    look: Callable[[], bool],
    *,
    pause: Callable[[float], None],
    within: float | None = None,
    longest: float = LONGEST,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Look until it is so; whether it became so `within` that many seconds (None: however long it takes).

    A server that is away for less than a minute is waited for. No pause between two looks is longer than `longest`.
    """
    begun = heard = clock()
    wait = FIRST
    while True:
        try:
            if look():
                return True
            heard = clock()
        except (Unavailable, Unreachable):
            if clock() - heard > OUTAGE:
                raise
        if within is not None and clock() - begun > within:
            return False
        pause(wait)
        wait = min(wait * GROWTH, longest)
