"""A prediction process, put together."""

import os
import socket
import sys
from dataclasses import replace
from functools import partial

from watchkeeper.health.judging import OWN
from watchkeeper.server.assembly import assemble
from watchkeeper.server.listening import listen
from watchkeeper.server.notices import Notices
from watchkeeper.server.orders import Orders
from watchkeeper.server.plane.app import Plane
from watchkeeper.server.plane.rates import Rates
from watchkeeper.server.plane.standing import OwnBoard, lacking, own_sockets, say_where
from watchkeeper.server.plane.table import Table
from watchkeeper.server.pulse import Pulse
from watchkeeper.server.quarantine import Quarantine
from watchkeeper.server.settings import Settings
from watchkeeper.server.sweeping import sweep_seldom
from watchkeeper.storage.journal.guarding import Guarded
from watchkeeper.storage.journal.store import SegmentStore
from watchkeeper.storage.journal.unrecorded import begun
from watchkeeper.storage.routing import StoredBoard, StoredRouting

SWITCH_EVERY = 0.001
"""Seconds after which a thread beside the calls has to let them go on; Python's own 5 ms would be seen by callers."""


def run_plane(name: str, settings: Settings, listener: socket.socket | None, orders: Orders) -> None:
    sys.setswitchinterval(SWITCH_EVERY)
    assembly = assemble(settings)
    pulse, quarantine = Pulse(assembly.places.pulse(name, os.getpid())), Quarantine(assembly.places.quarantine())
    routing = StoredRouting(assembly.store, places=assembly.places, clock=assembly.clock)
    own = name.removeprefix(OWN) if name.startswith(OWN) else None
    table = Table(
        routing,
        clock=assembly.clock,
        pulse=pulse,
        withheld=quarantine.withheld,
        own=own,
        apart=partial(own_sockets, assembly.places.own_processes()),
    )
    segments = SegmentStore(assembly.places.segments(), process=name)
    tally = assembly.places.unrecorded(name, os.getpid())
    record = Guarded(segments, disk=assembly.disk, unrecorded=begun(tally), heritage=tally.parent)
    plane = Plane(
        name=name,
        pid=os.getpid(),
        table=table,
        pulse=pulse,
        record=record,
        board=OwnBoard(StoredBoard(assembly.store, clock=assembly.clock), orders),
        clock=assembly.clock,
        figures=Notices(name, assembly.places.run(), speaks=lambda: orders.serving),
        metrics_open=settings.metrics_open,
        largest_body=settings.largest_body,
        longest_call=settings.longest_call,
        rates=Rates(1 if own is not None else settings.workers),
        sync_every=settings.sync_every,
        unrecorded=record.unrecorded,
    )
    sweep_seldom()
    lacks = partial(lacking, table, assembly=assembly)
    if own is not None:  # it is called over a socket of this machine
        settings = replace(settings, tls_cert=None, tls_key=None, behind_proxy=())
    ready = partial(say_where, assembly.places, own, listener)
    listen(
        plane, settings=settings, listener=listener, orders=orders, lacking=lacks, ready=ready, shortcut=plane.shortcut
    )
