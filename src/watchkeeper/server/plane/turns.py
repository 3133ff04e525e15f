"""Small calls that have come by the same turn of the loop: answered by one go of the model, kept by one write.

What a model and a disk take for each time they are asked is so paid once a turn. Nobody is waited for: a call that
comes alone is answered alone.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from watchkeeper.learning.model import Answers
from watchkeeper.server.plane.call import Answered, Call, Wanted, answered, answers_to
from watchkeeper.server.plane.deadline import passed
from watchkeeper.server.plane.metrics import Metrics
from watchkeeper.serving.end_to_end import end_to_end
from watchkeeper.serving.ports import Record

log = logging.getLogger(__name__)
MOST_CALLS, MOST_ROWS = 64, 500
"""At once, so that no turn holds the loop up for long."""


class Waiting(msgspec.Struct, frozen=True):
    """`tell` is told what became of it."""

    call: Call
    wanted: Wanted
    tell: "Callable[[Answered | Exception], None]"


class Turns:
    def __init__(self, record: Record, *, metrics: Metrics | None = None) -> None:
        self._record = record
        self._metrics = metrics or Metrics()
        self._waiting: deque[Waiting] = deque()

    async def answered(self, call: Call, wanted: Wanted) -> Answered:
        """Kept, once this returns. Raise ModelFailed, NotLoaded or JournalFull."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answered] = loop.create_future()
        self.join(Waiting(call, wanted, partial(_settle, answer)), loop)
        return await answer

    def join(self, one: Waiting, loop: asyncio.AbstractEventLoop) -> None:
        """It is told in the next turn of the loop, or soon after."""
        if not self._waiting:
            loop.call_soon(self._take, loop)
        self._waiting.append(one)

    def _take(self, loop: asyncio.AbstractEventLoop) -> None:
        group = self._next()
        if self._waiting:
            loop.call_soon(self._take, loop)
        now = time.perf_counter()
        for each in group:
            if each.call.until < now:
                _tell(each, passed("its turn"))
        if in_time := [each for each in group if each.call.until >= now]:
            self._answer(in_time)

    def _next(self) -> list[Waiting]:
        """The oldest call, and those after it that one go of its model can answer too."""
        served, rows, full = self._waiting[0].call.served, 0, False
        group: list[Waiting] = []
        others: deque[Waiting] = deque()
        for each in self._waiting:
            mine = each.call.served is served and not full
            rows += len(each.wanted.at) if mine else 0
            full = full or len(group) >= MOST_CALLS or (bool(group) and rows > MOST_ROWS)
            (group if mine and not full else others).append(each)
        self._waiting = others
        return group

    def _answer(self, group: Sequence[Waiting]) -> None:
        """All at once; each alone where that fails, so that one call's rows are no other's fault."""
        try:
            found = [answered(one.call, one.wanted, part) for one, part in zip(group, _asked(group), strict=True)]
            self._record.extend([each.frame for each in found])
        except Exception as failure:  # noqa: BLE001  (told to whom it concerns)
            if len(group) == 1:
                _tell(group[0], failure)
            else:
                for one in group:
                    self._answer([one])
        else:
            self._metrics.asked(group[0].call.served.route, rows=sum(len(one.wanted.at) for one in group))
            for one, each in zip(group, found, strict=True):
                _tell(one, each)


def _tell(one: Waiting, outcome: Answered | Exception) -> None:
    """A connection on which that fails is no other's fault."""
    try:
        one.tell(outcome)
    except Exception:
        log.exception("a call's answer can't be told")


def _settle(answer: "asyncio.Future[Answered]", outcome: Answered | Exception) -> None:
    if answer.done():  # its caller has gone
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


def _asked(group: Sequence[Waiting]) -> Iterator[Answers]:
    """What the champion says to each call's rows."""
    champion = group[0].call.champion
    if len(group) == 1:
        yield answers_to(champion, group[0].wanted.coerced.columns, group[0].wanted.at)
        return
    columns = end_to_end([one.wanted.coerced.columns for one in group])
    answers = answers_to(champion, columns, [at for one in group for at in one.wanted.at])
    start = 0
    for one in group:
        end = start + len(one.wanted.at)
        yield Answers(answers.outputs[start:end], answers.values[start:end] if answers.values is not None else None)
        start = end
