"""The challenger's answers, off the path of requests and in batches; in a split the champion's too, to calls that the
challenger answered. What this process does not get to stays owed, and the worker catches up on it."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Mapping

from watchkeeper.clock import Clock
from watchkeeper.server.plane.metrics import Metrics
from watchkeeper.server.plane.shelf import Served
from watchkeeper.serving.catching_up import Outcome, Owed, ask, rows_owed, told
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.errors import JournalFull
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.ports import Record

log = logging.getLogger(__name__)
MOST_WAITING = 20_000
MOST_ROWS, MOST_CALLS = 1_000, 100
"""At once. Only the model runs beside the calls; what has to be done for each call holds them up."""
SHORT = 0.001
"""Seconds for which a model may hold the calls up. One that is quick costs a thread several times what it costs the
loop: the two would hand the interpreter to each other at every step that NumPy takes."""
GATHER = 0.01
"""Seconds in which calls may join, since many rows cost a model little more than one."""


class Challenging:
    """A queue of calls that owe an answer; `deferred` counts those it had no room for."""

    def __init__(self, record: Record, *, clock: Clock, metrics: Metrics | None = None) -> None:
        self._record = record
        self._metrics = metrics or Metrics()
        self._clock = clock
        self._waiting: deque[tuple[Served, Frame]] = deque()
        self._rows = 0
        self._some = asyncio.Event()
        self.deferred = 0

    def waiting(self) -> Mapping[tuple[str, int, Role], int]:
        """The rows that wait, by address, release and who is to answer."""
        found: Counter[tuple[str, int, Role]] = Counter()
        for served, frame in self._waiting:
            found[served.route.address, served.route.release, _ower(frame)] += rows_owed(frame)
        return found

    def owe(self, served: Served, frame: Frame) -> None:
        if self._rows + rows_owed(frame) > MOST_WAITING or _ower(frame) not in served.models:
            self.deferred += 1
            return
        self._rows += rows_owed(frame)
        self._waiting.append((served, frame))
        self._some.set()

    async def answer(self) -> None:
        """Answer for ever."""
        while True:
            await self._some.wait()
            await asyncio.sleep(0 if self._rows >= MOST_ROWS or len(self._waiting) >= MOST_CALLS else GATHER)
            served, calls = self._next()
            try:
                owed = Owed.of(calls)
                outcome = await _asked(served, _ower(calls[0]), owed)
                frames = told(owed, outcome, caught_up=False)
                self._record.extend(frames)
                self._note(served, frames)
                self._metrics.batched(served.route, frames, seconds=outcome.milliseconds / 1000)
            except JournalFull as full:
                log.warning("answers stay owed: %s", full.message)
            except Exception:
                log.exception("answers stay owed")

    def _next(self) -> tuple[Served, list[Frame]]:
        """The oldest calls of one route, up to a number of rows."""
        served, first = self._waiting.popleft()
        calls, rows = [first], rows_owed(first)
        while self._waiting and len(calls) < MOST_CALLS:
            follower, frame = self._waiting[0]
            if follower is not served or frame.role != first.role or rows + rows_owed(frame) > MOST_ROWS:
                break
            calls.append(self._waiting.popleft()[1])
            rows += rows_owed(frame)
        self._rows -= rows
        if not self._waiting:
            self._some.clear()
        return served, calls

    def _note(self, served: Served, frames: list[Frame]) -> None:
        vitals, now = served.vitals[Role(frames[0].role)], self._clock.now()
        failed = next((frame for frame in frames if frame.kind == "failed"), None)
        if failed is not None:
            vitals.failed(now, failed.error)
        else:
            vitals.answered(now)


async def _asked(served: Served, role: Role, owed: Owed) -> Outcome:
    """Beside the loop where it will take long, by what it took last."""
    model, vitals, rows = served.models[role], served.vitals[role], len(owed.at)
    outcome = ask(owed, model) if vitals.pace * rows < SHORT else await asyncio.to_thread(ask, owed, model)
    vitals.pace = outcome.worked / rows
    return outcome


def _ower(frame: Frame) -> Role:
    """Who is to answer beside it."""
    return Role(frame.role).other
