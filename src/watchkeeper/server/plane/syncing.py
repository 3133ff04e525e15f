"""What was recorded, put on the disk itself: now and then, or before each answer for all calls that wait together."""

import asyncio
import logging

from watchkeeper.serving.errors import JournalFull
from watchkeeper.serving.ports import Record

log = logging.getLogger(__name__)
EVERY = 1.0
LOOK_AFTER = 1.0
"""Seconds after which a record that nobody waits for is put on the disk nevertheless."""


class Syncing:
    """Every so many seconds; with 0, a call is not answered before its record is on the disk."""

    def __init__(self, record: Record, *, every: float = EVERY) -> None:
        self._record = record
        self._every = every
        self._waiting: list[asyncio.Future[None]] = []
        self._some = asyncio.Event()
        self.waits = every == 0

    async def synced(self) -> None:
        """Return once all that was recorded before is on the disk. Raise JournalFull where it can't be put there."""
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        self._some.set()
        await place

    async def sync(self) -> None:
        """Sync for ever."""
        while True:
            await self._due()
            waiting, self._waiting = self._waiting, []
            self._some.clear()
            try:
                await asyncio.to_thread(self._record.sync)
            except OSError as error:
                log.exception("the journal can't be put on the disk; trying again")
                _refuse(waiting, str(error.strerror or error))
            else:
                _let_go(waiting)

    async def _due(self) -> None:
        if self.waits:
            try:
                await asyncio.wait_for(self._some.wait(), LOOK_AFTER)
            except TimeoutError:
                return
        else:
            await asyncio.sleep(self._every)


def _let_go(waiting: list[asyncio.Future[None]]) -> None:
    for place in waiting:
        if not place.done():
            place.set_result(None)


def _refuse(waiting: list[asyncio.Future[None]], reason: str) -> None:
    said = f"The call could not be put on the disk ({reason}), so it is not answered. The server's log says more."
    for place in waiting:
        if not place.done():
            place.set_exception(JournalFull(said))
