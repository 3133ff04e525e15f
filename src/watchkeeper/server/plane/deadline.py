"""By when a call has to come to its turn: what its caller said, and never later than this installation's longest."""

import math
import time
from collections.abc import Mapping
from typing import Final

from watchkeeper.serving.errors import DeadlinePassed, DeadlineRefused

HEADER: Final = b"x-request-timeout"


def deadline_of(headers: Mapping[bytes, bytes], *, longest: float) -> float:
    """On `time.perf_counter`. Raise DeadlineRefused for what is no number of seconds."""
    said = headers.get(HEADER)
    return time.perf_counter() + (longest if said is None else min(_seconds(said), longest))


def passed(waiting_for: str) -> DeadlinePassed:
    return DeadlinePassed(
        f"The time that this call may take ran out while it waited for {waiting_for}; nothing was computed. "
        "Send it again with more of it, or later."
    )


def _seconds(said: bytes) -> float:
    try:
        seconds = float(said)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise DeadlineRefused(
            "X-Request-Timeout has to be a number of seconds above 0, such as 2.5.", fields=("x-request-timeout",)
        )
    return seconds
