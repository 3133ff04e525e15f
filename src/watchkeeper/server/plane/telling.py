"""What this process tells of itself, once a second and when it is asked."""

import asyncio
import logging
from collections.abc import Iterator

from watchkeeper.server.exposing import exposed
from watchkeeper.server.figures import Sample
from watchkeeper.server.notices import TELL_EVERY, Notices
from watchkeeper.server.plane.challenging import Challenging
from watchkeeper.server.plane.crowd import Crowd
from watchkeeper.server.plane.metrics import Metrics
from watchkeeper.server.plane.reporting import Unrecorded, none_unrecorded
from watchkeeper.server.plane.shelf import Served
from watchkeeper.server.plane.table import Table
from watchkeeper.serving.deployment import Role

log = logging.getLogger(__name__)


class Telling:
    """`open_to_all`: the figures may be seen without a key."""

    def __init__(
        self,
        notices: Notices,
        *,
        metrics: Metrics,
        table: Table,
        challenging: Challenging,
        crowd: Crowd,
        open_to_all: bool,
        unrecorded: Unrecorded = none_unrecorded,
    ) -> None:
        self._notices = notices
        self._metrics = metrics
        self._table = table
        self._challenging = challenging
        self._crowd = crowd
        self._open_to_all = open_to_all
        self._unrecorded = unrecorded

    async def tell(self) -> None:
        """Tell for ever."""
        while True:
            try:
                await asyncio.to_thread(self._notices.tell, list(self._samples()))
            except OSError:
                log.exception("this process's figures can't be written; trying again")
            await asyncio.sleep(TELL_EVERY)

    async def exposed(self, authorization: str) -> bytes:
        """The figures of all processes. Raise UnknownKey, RightMissing or NotFollowing."""
        if not self._open_to_all:
            self._table.check_watcher(authorization)
        samples = list(self._samples())
        return await asyncio.to_thread(self._written, samples)

    def _written(self, samples: list[Sample]) -> bytes:
        try:
            self._notices.tell(samples)
        except OSError:
            log.exception("this process's figures can't be written; the others don't see them")
        return exposed(self._notices.all())

    def _samples(self) -> Iterator[Sample]:
        in_force = self._table.all()
        yield from self._metrics.samples({(each.route.address, each.route.release) for each in in_force})
        for (address, release, role), rows in self._challenging.waiting().items():
            yield Sample("watchkeeper_rows_waiting", (address, str(release), role.value), rows)
        for each in in_force:
            yield from _models(each)
        yield Sample("watchkeeper_large_calls_under_way", (), self._crowd.large)
        yield Sample("watchkeeper_challenger_calls_deferred_total", (), self._challenging.deferred)
        calls, rows = self._unrecorded()
        yield Sample("watchkeeper_calls_not_recorded_total", (), calls)
        yield Sample("watchkeeper_rows_not_recorded_total", (), rows)


def _models(served: Served) -> Iterator[Sample]:
    route = served.route
    for role, place in {Role.CHAMPION: route.champion, Role.CHALLENGER: route.challenger}.items():
        if place is None:
            continue
        labels = (route.address, str(route.release), role.value)
        yield Sample("watchkeeper_model_loaded", labels, float(role in served.models))
        if (loaded_in := served.vitals[role].loaded_in) is not None:
            yield Sample("watchkeeper_model_load_seconds", labels, loaded_in)
