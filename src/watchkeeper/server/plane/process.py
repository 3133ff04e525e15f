"""A prediction process, put together."""

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
    listen(plane, settings=settings, listener=listener)
