"""One call: rows in, the champion's answers out, and the record of it kept before they leave."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from watchkeeper.clock import Clock
from watchkeeper.errors import Refused, WatchkeeperError
from watchkeeper.learning.model import Answering, Answers
from watchkeeper.names import new_id
from watchkeeper.server.plane.asking import Asked
from watchkeeper.server.plane.crowd import Crowd
from watchkeeper.server.plane.deadline import passed
from watchkeeper.server.plane.protocol import Protocol
from watchkeeper.server.plane.shelf import Served
from watchkeeper.serving.coercing import Coerced
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.errors import NotLoaded, RowsRefused
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.ports import Record

A_DAY, MOST_DAYS = 86_400_000_000, 1_000
ROWS_AT_ONCE = 2_000


class ModelFailed(WatchkeeperError):
    """The champion could not answer rows that fit its signature."""

    code = "model-failed"


@dataclass(frozen=True)
class Call:
    """A call that was let through."""

    served: Served
    protocol: Protocol
    key: str
    received: int
    begun: float
    name: str
    until: float


@dataclass(frozen=True)
class Answered:
    frame: Frame
    media: str
    body: bytes


def begin(served: Served, protocol: Protocol, *, key: str, until: float) -> Call:
    """`until` is its deadline, on `time.perf_counter`."""
    return Call(
        served, protocol, key=key, received=time.time_ns(), begun=time.perf_counter(), name=new_id(), until=until
    )


async def answer(call: Call, body: bytes, *, record: Record, clock: Clock, crowd: Crowd) -> Answered:
    """Raise the named error of what went wrong. Refused rows and a model that failed are recorded too."""
    if call.begun > call.until:
        raise passed("its body")
    try:
        small = len(body) <= call.protocol.small
        answered = _answer(call, body) if small else await crowd.beside(partial(_answer, call, body), until=call.until)
    except Refused as refused:
        record.append(_frame(call, kind="refused", error=f"{refused.code}: {refused.message}"[:500]))
        raise
    except ModelFailed as failed:
        call.served.vitals[Role.CHAMPION].failed(clock.now(), failed.message)
        record.append(_frame(call, kind="failed", error=failed.message[:500]))
        raise
    record.append(answered.frame)
    call.served.vitals[Role.CHAMPION].answered(clock.now())
    return answered


def _answer(call: Call, body: bytes) -> Answered:
    champion, reader = call.served.models.get(Role.CHAMPION), call.served.reader
    if champion is None or reader is None:
        fault = call.served.vitals[Role.CHAMPION].last_error
        raise NotLoaded(f"The champion is not loaded{f': {fault[1]}' if fault else ''}. Its health says more.")
    asked, coerced = call.protocol.read(body, reader)
    at = _event_times(call, asked, coerced)
    _check_span(at)
    answers = _answers(champion, coerced, at)
    challenger = call.served.route.challenger
    frame = _frame(
        call,
        kind="answered",
        ids=_ids(call, asked),
        own_ids=[name is not None for name in asked.ids] if asked.ids else None,
        at=at,
        inputs=coerced.columns,
        outputs=answers.outputs,
        values=answers.values,
        violations=coerced.violations,
        owes=challenger.model if challenger else None,
    )
    return Answered(frame, *call.protocol.written(frame, asked))


def _answers(champion: Answering, coerced: Coerced, at: list[int]) -> Answers:
    """In stretches, between which other calls come to their turn."""
    try:
        if len(at) <= ROWS_AT_ONCE:
            return champion.answer(coerced.columns, at)
        parts = [_stretch(champion, coerced, at, start) for start in range(0, len(at), ROWS_AT_ONCE)]
    except Exception as error:
        raise ModelFailed(f"The champion failed on these rows ({type(error).__name__}: {error}).") from error
    values = [value for part in parts for value in part.values or ()]
    return Answers([output for part in parts for output in part.outputs], values or None)


def _stretch(champion: Answering, coerced: Coerced, at: list[int], start: int) -> Answers:
    end = start + ROWS_AT_ONCE
    return champion.answer({name: values[start:end] for name, values in coerced.columns.items()}, at[start:end])


def _event_times(call: Call, asked: Asked, coerced: Coerced) -> list[int]:
    """What was given apart, else what the row's time column says, else when the call arrived."""
    now = call.received // 1000
    if asked.at is not None:
        return asked.at
    if coerced.at is None:
        return [now] * asked.count
    return [now if moment is None else moment for moment in coerced.at]


def _check_span(at: Sequence[int]) -> None:
    """Each day has counts of its own to be kept, so one call may not reach over any number of them."""
    if len({moment // A_DAY for moment in at}) > MOST_DAYS:
        raise RowsRefused(f"The rows of one call lie on more than {MOST_DAYS:,} days; split them.", fields=("at",))


def _ids(call: Call, asked: Asked) -> list[str]:
    own: Sequence[str | None] = asked.ids or [None] * asked.count
    if asked.count == 1:
        return [own[0] or call.name]
    return [name or f"{call.name}-{place}" for place, name in enumerate(own)]


def _frame(call: Call, *, kind: Any, **rest: Any) -> Frame:
    route = call.served.route
    return Frame(
        kind=kind,
        deployment=route.deployment,
        release=route.release,
        role=Role.CHAMPION.value,
        model=route.champion.model,
        key=call.key,
        call=call.name,
        received=call.received,
        milliseconds=(time.perf_counter() - call.begun) * 1000,
        **rest,
    )
