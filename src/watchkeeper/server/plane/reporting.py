"""What this process reports to the rooms: how its models fare, which keys were used, which calls rates kept out."""

import asyncio
import logging
from collections.abc import Callable

from watchkeeper.clock import Clock
from watchkeeper.server.plane.rates import Rates
from watchkeeper.server.plane.table import Table
from watchkeeper.serving.ports import StatusBoard

log = logging.getLogger(__name__)
REPORT_EVERY = 1.0
Unrecorded = Callable[[], tuple[int, int]]
"""Calls and rows that this process answered without recording them."""


def none_unrecorded() -> tuple[int, int]:
    return 0, 0


class Reporting:
    """`used` are the digests of the keys that were used since the last report."""

    def __init__(
        self,
        board: StatusBoard,
        *,
        name: str,
        pid: int,
        table: Table,
        rates: Rates,
        clock: Clock,
        unrecorded: Unrecorded = none_unrecorded,
    ) -> None:
        self._board = board
        self._name = name
        self._pid = pid
        self._table = table
        self._rates = rates
        self._clock = clock
        self._unrecorded = unrecorded
        self.used: set[str] = set()

    def note(self, digest: str) -> None:
        """A key was used."""
        self.used.add(digest)

    async def report(self) -> None:
        """Report for ever; what could not be reported is with the next."""
        while True:
            used, self.used = self.used, set()
            refused = self._rates.refused()
            try:
                calls, rows = self._unrecorded()
                deployments = {each.route.deployment: each.describe() for each in self._table.all()}
                loading = {deployment: each.describe() for deployment, each in self._table.loading.items()}
                unrecorded = {"calls": calls, "rows": rows}
                status = {"deployments": deployments, "loading": loading, "unrecorded": unrecorded}
                lately = dict.fromkeys(used, self._clock.now())
                await asyncio.to_thread(self._board.report, self._name, self._pid, status, used=lately, refused=refused)
            except Exception:
                self.used |= used
                self._rates.untold(refused)
                log.exception("this process's state can't be reported; trying again")
            await asyncio.sleep(REPORT_EVERY)
