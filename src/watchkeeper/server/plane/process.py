"""A prediction process, put together."""

import gc
import os
import socket
import sys

from watchkeeper.server.assembly import assemble
from watchkeeper.server.listening import listen
from watchkeeper.server.plane.app import Plane
from watchkeeper.server.plane.metrics import Metrics
from watchkeeper.server.plane.table import Table
from watchkeeper.server.pulse import Pulse
from watchkeeper.server.quarantine import Quarantine
from watchkeeper.server.settings import Settings
from watchkeeper.storage.journal.store import SegmentStore
from watchkeeper.storage.routing import StoredBoard, StoredRouting

SWITCH_EVERY = 0.001
"""Seconds after which a thread beside the calls has to let them go on; Python's own 5 ms would be seen by callers."""


SWEEPS = (20_000, 20, 20)
"""Objects, and sweeps, after which to look for cycles, of which calls make none. Python's own (700, 10, 10) would stop
calls many times a second, now and then for a hundredth of one."""


def run_plane(name: str, settings: Settings, listener: socket.socket | None) -> None:
    sys.setswitchinterval(SWITCH_EVERY)
    assembly = assemble(settings)
    pulse, quarantine = Pulse(assembly.places.pulse(name)), Quarantine(assembly.places.quarantine())
    routing = StoredRouting(assembly.store, places=assembly.places, clock=assembly.clock)
    plane = Plane(
        name=name,
        pid=os.getpid(),
        table=Table(routing, clock=assembly.clock, pulse=pulse, withheld=quarantine.withheld),
        pulse=pulse,
        record=SegmentStore(assembly.places.segments(), process=name),
        board=StoredBoard(assembly.store, clock=assembly.clock),
        clock=assembly.clock,
        metrics=Metrics(),
        largest_body=settings.largest_body,
        longest_call=settings.longest_call,
    )
    gc.set_threshold(*SWEEPS)
    gc.freeze()  # what is there by now stays, and is not to be looked through each time
    listen(plane, settings=settings, listener=listener)
