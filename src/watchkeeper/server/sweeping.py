"""Python's search for cycles at a pace of our own.

By itself it looks through ever more of what a process holds, many times a second where objects come by the thousand,
and now and then for a tenth of a second, in which nobody is answered. Calls and frames make no cycles; what makes them
(tracebacks, the database's toolkit) makes few.
"""

import gc
import time
from threading import Thread

EVERY = 20.0
"""Seconds between two searches."""
OBJECTS = 200_000
"""More of them than before, after which the youngest are searched anyway."""
NEVER = 1_000_000


def sweep_seldom() -> None:
    """What is there by now is to stay, and is not looked through each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, NEVER, NEVER)
    Thread(target=_sweep, name="sweep", daemon=True).start()


def _sweep() -> None:
    while True:
        time.sleep(EVERY)
        gc.collect()
