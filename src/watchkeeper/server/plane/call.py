"""One call: its rows read, the champion asked, the answer and its record made. Nothing is kept here."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from watchkeeper.errors import WatchkeeperError
from watchkeeper.learning.model import Answering, Answers
from watchkeeper.server.plane.asking import Asked, Read
from watchkeeper.server.plane.protocol import Protocol
from watchkeeper.server.plane.reading import Reader
from watchkeeper.server.plane.shelf import Served
from watchkeeper.serving.coercing import Coerced
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.errors import NotLoaded, RowsRefused
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.moments import moments_of
from watchkeeper.serving.routing import Route
from watchkeeper.serving.sampling import owed_rows

A_DAY, MOST_DAYS = 86_400_000_000, 1_000
ROWS_AT_ONCE = 2_000


class ModelFailed(WatchkeeperError):
    """The model could not answer rows that fit its signature."""

    code = "model-failed"


class Call(msgspec.Struct, frozen=True):
    """A call that was let through; `champion` and `reader` are there once its release is loaded. `until` is its
    deadline, on `time.perf_counter`."""

    served: Served
    protocol: Protocol
    key: str
    received: int
    begun: float
    name: str
    until: float
    headers: Mapping[bytes, bytes]

    @property
    def champion(self) -> Answering:
        """Raise NotLoaded."""
        champion = self.served.models.get(Role.CHAMPION)
        if champion is None:
            raise self._not_loaded()
        return champion

    @property
    def reader(self) -> Reader:
        """Raise NotLoaded."""
        if self.served.reader is None:
            raise self._not_loaded()
        return self.served.reader

    def _not_loaded(self) -> NotLoaded:
        fault = self.served.vitals[Role.CHAMPION].last_error
        return NotLoaded(f"The champion is not loaded{f': {fault[1]}' if fault else ''}. Its health says more.")


class Wanted(msgspec.Struct, frozen=True):
    """What a call asks, read and made to fit; `at` are the rows' event times in microseconds."""

    asked: Asked
    coerced: Coerced
    at: list[int]


class Answered(msgspec.Struct, frozen=True):
    """`frame` has all rows; in a split they are recorded as `parts`, one a model."""

    frame: Frame
    media: str
    body: bytes
    parts: Sequence[Frame] = ()

    @property
    def frames(self) -> Sequence[Frame]:
        """As they are recorded."""
        return self.parts or (self.frame,)


def begin(
    served: Served, protocol: Protocol, *, key: str, name: str, until: float, headers: Mapping[bytes, bytes]
) -> Call:
    return Call(served, protocol, key, time.time_ns(), time.perf_counter(), name, until, headers)


def wanted(call: Call, body: bytes) -> Wanted:
    """Raise the named error of what is wrong with the body."""
    found = wanted_of(call, call.protocol.read(body, call.reader))
    if len(found.at) > 1:
        _check_span(found.at)
    return found


def wanted_of(call: Call, read: Read) -> Wanted:
    asked, coerced = read
    return Wanted(asked, coerced, _event_times(call, asked, coerced))


def answers_to(
    model: Answering, columns: Mapping[str, Sequence[Any]], at: list[int], *, role: Role = Role.CHAMPION
) -> Answers:
    """In stretches, between which other calls come to their turn. Raise ModelFailed."""
    try:
        if len(at) <= ROWS_AT_ONCE:
            return model.answer(columns, at)
        parts = [_stretch(model, columns, at, start) for start in range(0, len(at), ROWS_AT_ONCE)]
    except Exception as error:
        raise ModelFailed(f"The {role} failed on these rows ({type(error).__name__}: {error}).") from error
    values = [value for part in parts for value in part.values or ()]
    return Answers([output for part in parts for output in part.outputs], values or None)


def answered(call: Call, wanted: Wanted, answers: Answers) -> Answered:
    asked, coerced = wanted.asked, wanted.coerced
    ids = ids_of(call, asked)
    owes, owed = owed_of(call.served.route, ids)
    frame = frame_of(
        call,
        kind="answered",
        ids=ids,
        own_ids=own_ids_of(asked),
        at=wanted.at,
        inputs=coerced.columns,
        outputs=answers.outputs,
        values=answers.values,
        violations=coerced.violations,
        owes=owes,
        owed_rows=owed,
    )
    return Answered(frame, *call.protocol.written(frame, asked))


def owed_of(route: Route, ids: Sequence[str]) -> tuple[str | None, list[int] | None]:
    """Which model owes an answer to what the champion answers, and to which rows."""
    model = route.challenger.model if route.challenger else None
    return owed_rows(ids, model, deployment=route.deployment, shadow=route.shadow)


def frame_of(call: Call, *, kind: Any, **rest: Any) -> Frame:
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


def _stretch(model: Answering, columns: Mapping[str, Sequence[Any]], at: list[int], start: int) -> Answers:
    end = start + ROWS_AT_ONCE
    return model.answer({name: values[start:end] for name, values in columns.items()}, at[start:end])


def _event_times(call: Call, asked: Asked, coerced: Coerced) -> list[int]:
    """What was given apart, else what the row's time column says, else when the call arrived."""
    now = call.received // 1000
    if asked.at is None and coerced.at is None:
        return [now] * asked.count
    return [now if moment is None else moment for moment in moments_of(asked.at, coerced.at)]


def _check_span(at: Sequence[int]) -> None:
    """Each day has counts of its own to be kept, so one call may not reach over any number of them."""
    if len({moment // A_DAY for moment in at}) > MOST_DAYS:
        raise RowsRefused(f"The rows of one call lie on more than {MOST_DAYS:,} days; split them.", fields=("at",))


def own_ids_of(asked: Asked) -> list[bool] | None:
    return [name is not None for name in asked.ids] if asked.ids else None


def ids_of(call: Call, asked: Asked) -> list[str]:
    own: Sequence[str | None] = asked.ids or [None] * asked.count
    if asked.count == 1:
        return [own[0] or call.name]
    return [name or f"{call.name}-{place}" for place, name in enumerate(own)]
