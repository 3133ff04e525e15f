"""How a prediction process stands beside the others: which it replaces, and which deployments have one of their own."""

import socket
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from watchkeeper.errors import WatchkeeperError
from watchkeeper.health.judging import answered_by
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.orders import Orders
from watchkeeper.server.plane.table import Table
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.ports import StatusBoard
from watchkeeper.storage.files.places import Places

UNFINISHED = ".new"


def say_where(places: Places, own: str | None, listener: socket.socket | None) -> None:
    """That a deployment's own process answers, and where."""
    if own is None or listener is None:
        return
    file = places.own_process(own)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(UNFINISHED)
    unfinished.write_text(listener.getsockname())
    unfinished.replace(file)


def own_sockets(directory: Path) -> dict[str, str]:
    """Of the deployments that have a process of their own, once it answers."""
    try:
        files = [file for file in directory.iterdir() if file.suffix != UNFINISHED]
        return {file.name: file.read_text() for file in files}
    except FileNotFoundError:
        return {}


class OwnBoard:
    """The StatusBoard of a process while it is the one of its name: two are for a while when one replaces the other."""

    def __init__(self, board: StatusBoard, orders: Orders) -> None:
        self._board = board
        self._orders = orders

    def report(
        self,
        process: str,
        pid: int,
        status: Mapping[str, object],
        *,
        used: Mapping[str, datetime],
        refused: Mapping[tuple[str, str], int],
    ) -> None:
        if self._orders.serving:
            self._board.report(process, pid, status, used=used, refused=refused)


def lacking(table: Table, *, assembly: Assembly) -> str | None:
    """Which deployments others of these processes answer and this one would not; None while that can't be known."""
    if not table.ready or table.behind:
        return None
    try:
        with assembly.store.look() as work:
            statuses = work.board.all()
    except WatchkeeperError:
        return None
    answered = answered_by(statuses, now=assembly.clock.now())
    lost = [
        served.route.address
        for served in table.all()
        if served.route.deployment in answered and served.apart is None and Role.CHAMPION not in served.models
    ]
    return f"it can't load {', '.join(lost)}" if lost else ""
