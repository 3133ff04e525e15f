"""The other model's answers to calls that were recorded: at once beside the one that answered the caller, or later by
the worker. That is the challenger's; in a split, where the challenger answered the caller, the champion's."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeVar

from watchkeeper.learning.model import Answering, Answers
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.end_to_end import end_to_end
from watchkeeper.serving.frames import Frame

T = TypeVar("T")
OTHER = {role.value: role.other.value for role in Role}


@dataclass(frozen=True)
class Owed:
    """Calls whose rows are answered in one go. `columns` and `at` are what the model is asked."""

    calls: Sequence[Frame]
    columns: Mapping[str, Sequence[Any]]
    at: list[int]

    @classmethod
    def of(cls, calls: Sequence[Frame]) -> Self:
        columns = end_to_end([_owed_columns(call) for call in calls])
        return cls(calls, columns, [at for call in calls for at in _owed(call, call.at)])


@dataclass(frozen=True)
class Outcome:
    """What the model said to all rows, or why it could not; `milliseconds` is the time it took, and `worked` the
    seconds of a processor."""

    answers: Answers | None
    error: str
    milliseconds: float
    worked: float


def ask(owed: Owed, model: Answering) -> Outcome:
    begun, at_work = time.perf_counter(), time.thread_time()
    try:
        answers, error = model.answer(owed.columns, owed.at), ""
    except Exception as failure:  # noqa: BLE001  (a stranger's model; its failure is recorded)
        answers, error = None, f"{type(failure).__name__}: {failure}"
    return Outcome(answers, error, (time.perf_counter() - begun) * 1000, time.thread_time() - at_work)


def told(owed: Owed, outcome: Outcome, *, caught_up: bool) -> list[Frame]:
    """The other model's frame for each call; a model that can't answer fails each of them. The time taken is shared
    among the calls by their rows."""
    if outcome.answers is None:
        return [_beside(call, kind="failed", caught_up=caught_up, error=outcome.error) for call in owed.calls]
    outputs, values = outcome.answers.outputs, outcome.answers.values
    each = outcome.milliseconds / max(len(outputs), 1)
    frames, start = [], 0
    for call in owed.calls:
        end = start + rows_owed(call)
        frames.append(
            _beside(
                call,
                kind="answered",
                caught_up=caught_up,
                outputs=outputs[start:end],
                values=values[start:end] if values is not None else None,
                milliseconds=each * (end - start),
            )
        )
        start = end
    return frames


def rows_owed(call: Frame) -> int:
    return len(call.ids if call.owed_rows is None else call.owed_rows)


def owed_answers(calls: Sequence[Frame], model: Answering, *, caught_up: bool) -> list[Frame]:
    owed = Owed.of(calls)
    return told(owed, ask(owed, model), caught_up=caught_up)


def _owed(call: Frame, values: Sequence[T]) -> Sequence[T]:
    """Of those rows to which an answer is owed."""
    return values if call.owed_rows is None else [values[row] for row in call.owed_rows]


def _owed_columns(call: Frame) -> Mapping[str, Sequence[Any]]:
    if call.owed_rows is None:
        return call.inputs
    return {name: _owed(call, values) for name, values in call.inputs.items()}


def _beside(call: Frame, *, kind: Literal["answered", "failed"], caught_up: bool, **found: Any) -> Frame:
    role = OTHER[call.role]
    return Frame(
        kind=kind,
        deployment=call.deployment,
        release=call.release,
        role=role,
        model=call.owes or "",
        key=call.key,
        call=call.call,
        received=call.received,
        ids=list(_owed(call, call.ids)),
        at=list(_owed(call, call.at)),
        own_ids=list(_owed(call, call.own_ids)) if call.own_ids is not None else None,
        caught_up=caught_up,
        inputs=call.inputs if role == Role.CHAMPION else {},
        part="unseen" if call.part else "",
        batch=call.batch,
        **{"milliseconds": call.milliseconds, **found},
    )
