"""The challenger's answers, off the path of requests and in batches; in a split the champion's too, to calls that the
challenger answered. What this process does not get to stays owed, and the worker catches up on it."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from watchkeeper.clock import Clock
from watchkeeper.server.plane.metrics import Metrics
from watchkeeper.server.plane.shelf import Served
from watchkeeper.serving.catching_up import Outcome, Owed, ask, rows_owed, told
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.errors import JournalFull
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.ports import Record

log = logging.getLogger(__name__)
OTHER = {role.value: role.other for role in Role}
MOST_WAITING = 20_000
MOST_ROWS, MOST_CALLS = 1_000, 100
"""At once. Only the model runs beside the calls; what has to be done for each call holds them up."""
SHORT = 0.001
"""Seconds for which a model may hold the calls up. One that is quick costs a thread several times what it costs the
loop: the two would hand the interpreter to each other at every step that NumPy takes."""
GATHER = 0.05
"""Seconds in which calls may join, since many rows cost a model little more than one."""
LOOK_EVERY = 0.01
Mark = tuple[int, Role]
"""Which route in force, and who is to answer."""


@dataclass
class Batch:
    """Calls of one route that will be answered in one go."""

    served: Served
    ower: Role
    calls: list[Frame] = field(default_factory=list)
    rows: int = 0
    since: float = field(default_factory=time.monotonic)

    def add(self, frame: Frame, rows: int) -> None:
        self.calls.append(frame)
        self.rows += rows

    @property
    def full(self) -> bool:
        return len(self.calls) >= MOST_CALLS or self.rows >= MOST_ROWS


class Challenging:
    """Calls that owe an answer, gathered route by route; `deferred` counts those for which there was no room."""

    def __init__(self, record: Record, *, clock: Clock, metrics: Metrics | None = None) -> None:
        self._record = record
        self._metrics = metrics or Metrics()
        self._clock = clock
        self._gathering: dict[Mark, Batch] = {}
        self._due: deque[Batch] = deque()
        self._rows = 0
        self._some = asyncio.Event()
        self.deferred = 0

    def waiting(self) -> Mapping[tuple[str, int, Role], int]:
        """The rows that wait, by address, release and who is to answer."""
        found: Counter[tuple[str, int, Role]] = Counter()
        for batch in (*self._due, *self._gathering.values()):
            found[batch.served.route.address, batch.served.route.release, batch.ower] += batch.rows
        return found

    def owe(self, served: Served, frame: Frame) -> None:
        rows, ower = rows_owed(frame), OTHER[frame.role]
        if self._rows + rows > MOST_WAITING or ower not in served.models:
            self.deferred += 1
            return
        self._rows += rows
        mark = (id(served), ower)
        batch = self._gathering.get(mark)
        if batch is not None and batch.rows + rows > MOST_ROWS:
            self._let(mark, batch)
            batch = None
        if batch is None:
            batch = self._gathering[mark] = Batch(served, ower)
            self._some.set()
        batch.add(frame, rows)
        if batch.full:
            self._let(mark, batch)

    def _let(self, mark: Mark, batch: Batch) -> None:
        """Nothing more joins it."""
        del self._gathering[mark]
        self._due.append(batch)

    async def answer(self) -> None:
        """Answer for ever."""
        while True:
            await self._some.wait()
            await asyncio.sleep(0 if self._due else LOOK_EVERY)
            self._let_old()
            if self._due:
                await self._answer(self._next())

    async def _answer(self, batch: Batch) -> None:
        try:
            owed = Owed.of(batch.calls)
            outcome = await _asked(batch.served, batch.ower, owed)
            frames = told(owed, outcome, caught_up=False)
            self._record.extend(frames)
            self._note(batch.served, frames)
            self._metrics.batched(batch.served.route, frames, seconds=outcome.milliseconds / 1000)
        except JournalFull as full:
            log.warning("answers stay owed: %s", full.message)
        except Exception:
            log.exception("answers stay owed")

    def _let_old(self) -> None:
        """Those that were begun first stand first."""
        until = time.monotonic() - GATHER
        for mark, batch in list(self._gathering.items()):
            if batch.since > until:
                break
            self._let(mark, batch)

    def _next(self) -> Batch:
        batch = self._due.popleft()
        self._rows -= batch.rows
        if not self._due and not self._gathering:
            self._some.clear()
        return batch

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
