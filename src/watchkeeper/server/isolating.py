"""Which deployments are to have a prediction process of their own: read by the supervisor, beside everything else."""

import logging
from threading import Event, Thread
from types import TracebackType
from typing import Self

from watchkeeper.health.judging import forwarded_by
from watchkeeper.server.assembly import assemble
from watchkeeper.server.settings import Settings
from watchkeeper.serving.deployment import Isolation
from watchkeeper.storage.work import Work

log = logging.getLogger(__name__)
LOOK_EVERY, AGAIN_AFTER = 0.5, 10.0


class Isolated:
    """`now` are those that are set so, and those that some process still takes calls to; None while that is not known.
    It is followed for as long as the context lasts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._generation = -1
        self._set: frozenset[str] = frozenset()
        self._over = Event()
        self._now: frozenset[str] | None = None

    def now(self) -> frozenset[str] | None:
        return self._now

    def __enter__(self) -> Self:
        Thread(target=self._follow, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()

    def _follow(self) -> None:
        assembly = assemble(self._settings)
        while not self._over.is_set():
            pause = LOOK_EVERY
            try:
                with assembly.store.look() as work:
                    self._look(work)
                    still = forwarded_by(work.board.all(), now=assembly.clock.now())
                self._now = self._set | ((self._now or frozenset()) & still)
            except Exception:
                log.exception("which deployments are isolated can't be read; trying again")
                pause = AGAIN_AFTER
            self._over.wait(pause)
        assembly.store.close()

    def _look(self, work: Work) -> None:
        generation = work.generations.current()
        if generation != self._generation:
            releases = [work.deployments.current(each.id) for each in work.deployments.all()]
            self._set = frozenset(each.deployment for each in releases if each.isolation is Isolation.PROCESS)
            self._generation = generation
