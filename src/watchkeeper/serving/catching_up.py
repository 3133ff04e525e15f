"""A challenger's answers to calls that were recorded: at once beside the champion, or later by the worker."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from watchkeeper.learning.model import Answering, Answers
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame


@dataclass(frozen=True)
class Owed:
    """Calls whose rows are answered in one go. `columns` and `at` are what the model is asked."""

    calls: Sequence[Frame]
    columns: dict[str, list[Any]]
    at: list[int]

    @classmethod
    def of(cls, calls: Sequence[Frame]) -> Self:
        columns = {name: [value for call in calls for value in call.inputs[name]] for name in calls[0].inputs}
        return cls(calls, columns, [at for call in calls for at in call.at])


@dataclass(frozen=True)
class Outcome:
    """What the model said to all rows, or why it could not; `milliseconds` is the time it took."""

    answers: Answers | None
    error: str
    milliseconds: float


def ask(owed: Owed, challenger: Answering) -> Outcome:
    begun = time.perf_counter()
    try:
        answers, error = challenger.answer(owed.columns, owed.at), ""
    except Exception as failure:  # noqa: BLE001  (a stranger's model; its failure is recorded)
        answers, error = None, f"{type(failure).__name__}: {failure}"
    return Outcome(answers, error, (time.perf_counter() - begun) * 1000)


def told(owed: Owed, outcome: Outcome, *, caught_up: bool) -> list[Frame]:
    """The challenger's frame for each call; a model that can't answer fails each of them. The time taken is shared
    among the calls by their rows."""
    if outcome.answers is None:
        return [_beside(call, kind="failed", caught_up=caught_up, error=outcome.error) for call in owed.calls]
    outputs, values = outcome.answers.outputs, outcome.answers.values
    each = outcome.milliseconds / max(len(outputs), 1)
    frames, start = [], 0
    for call in owed.calls:
        end = start + len(call.ids)
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


def owed_answers(calls: Sequence[Frame], challenger: Answering, *, caught_up: bool) -> list[Frame]:
    owed = Owed.of(calls)
    return told(owed, ask(owed, challenger), caught_up=caught_up)


def _beside(call: Frame, *, kind: Literal["answered", "failed"], caught_up: bool, **found: Any) -> Frame:
    return Frame(
        kind=kind,
        deployment=call.deployment,
        release=call.release,
        role=Role.CHALLENGER.value,
        model=call.owes or "",
        key=call.key,
        call=call.call,
        received=call.received,
        ids=call.ids,
        at=call.at,
        own_ids=call.own_ids,
        caught_up=caught_up,
        **{"milliseconds": call.milliseconds, **found},
    )
