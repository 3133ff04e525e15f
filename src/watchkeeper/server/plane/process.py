"""A prediction process, put together."""

import gc
import os
import socket
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from watchkeeper.errors import WatchkeeperError
from watchkeeper.health.judging import answered_by
from watchkeeper.server.assembly import Assembly, assemble
from watchkeeper.server.listening import listen
from watchkeeper.server.orders import Orders
from watchkeeper.server.plane.app import Plane
from watchkeeper.server.plane.metrics import Metrics
from watchkeeper.server.plane.table import Table
from watchkeeper.server.pulse import Pulse
from watchkeeper.server.quarantine import Quarantine
from watchkeeper.server.settings import Settings
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.ports import StatusBoard
from watchkeeper.storage.journal.store import SegmentStore
from watchkeeper.storage.routing import StoredBoard, StoredRouting

SWITCH_EVERY = 0.001
"""Seconds after which a thread beside the calls has to let them go on; Python's own 5 ms would be seen by callers."""


SWEEPS = (20_000, 20, 20)
"""Objects, and sweeps, after which to look for cycles, of which calls make none. Python's own (700, 10, 10) would stop
calls many times a second, now and then for a hundredth of one."""


def run_plane(name: str, settings: Settings, listener: socket.socket | None, orders: Orders) -> None:
    sys.setswitchinterval(SWITCH_EVERY)
    assembly = assemble(settings)
    pulse, quarantine = Pulse(assembly.places.pulse(name, os.getpid())), Quarantine(assembly.places.quarantine())
    routing = StoredRouting(assembly.store, places=assembly.places, clock=assembly.clock)
    table = Table(routing, clock=assembly.clock, pulse=pulse, withheld=quarantine.withheld)
    plane = Plane(
        name=name,
        pid=os.getpid(),
        table=table,
        pulse=pulse,
        record=SegmentStore(assembly.places.segments(), process=name),
        board=OwnBoard(StoredBoard(assembly.store, clock=assembly.clock), orders),
        clock=assembly.clock,
        metrics=Metrics(),
        largest_body=settings.largest_body,
        longest_call=settings.longest_call,
    )
    gc.set_threshold(*SWEEPS)
    gc.freeze()  # what is there by now stays, and is not to be looked through each time
    lacking = partial(_lacking, table, assembly=assembly)
    listen(plane, settings=settings, listener=listener, orders=orders, lacking=lacking)


class OwnBoard:
    """The StatusBoard of a process while it is the one of its name: two are for a while when one replaces the other."""

    def __init__(self, board: StatusBoard, orders: Orders) -> None:
        self._board = board
        self._orders = orders

    def report(self, process: str, pid: int, status: Mapping[str, object], *, used: Mapping[str, datetime]) -> None:
        if self._orders.serving:
            self._board.report(process, pid, status, used=used)


def _lacking(table: Table, *, assembly: Assembly) -> str | None:
    """Which deployments others of these processes answer and this one would not; None while that can't be known."""
    if not table.ready:
        return None
    try:
        with assembly.store.look() as work:
            statuses = work.board.all()
    except WatchkeeperError:
        return None
    own = {served.route.deployment: served for served in table.all()}
    answered = answered_by(statuses, now=assembly.clock.now())
    lost = [
        own[each].route.address for each in sorted(answered) if each in own and Role.CHAMPION not in own[each].models
    ]
    return f"it can't load {', '.join(lost)}" if lost else ""
