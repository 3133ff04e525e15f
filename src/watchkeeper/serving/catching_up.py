"""A challenger's answers to calls that were recorded: at once beside the champion, or later by the worker."""

import time
from collections.abc import Sequence

from msgspec.structs import replace

from watchkeeper.learning.model import LoadedModel
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame


def owed_answers(calls: Sequence[Frame], challenger: LoadedModel, *, caught_up: bool) -> list[Frame]:
    """The challenger's frame for each call, all computed in one go; a model that can't answer fails each of them.

    The time taken is shared among the calls by their rows.
    """
    begun = time.perf_counter()
    columns = {name: [value for call in calls for value in call.inputs[name]] for name in calls[0].inputs}
    try:
        answers = challenger.answer(columns, [at for call in calls for at in call.at])
    except Exception as error:  # noqa: BLE001  (a stranger's model; its failure is recorded)
        return [
            _beside(call, kind="failed", caught_up=caught_up, error=f"{type(error).__name__}: {error}")
            for call in calls
        ]
    each = (time.perf_counter() - begun) * 1000 / max(len(answers.outputs), 1)
    frames, start = [], 0
    for call in calls:
        end = start + len(call.ids)
        values = answers.values[start:end] if answers.values is not None else None
        beside = _beside(call, kind="answered", caught_up=caught_up)
        frames.append(
            replace(beside, outputs=answers.outputs[start:end], values=values, milliseconds=each * (end - start))
        )
        start = end
    return frames


def _beside(call: Frame, *, kind: str, caught_up: bool, error: str = "") -> Frame:
    return replace(
        call,
        kind=kind,
        role=Role.CHALLENGER.value,
        model=call.owes or "",
        inputs={},
        outputs=[],
        values=None,
        violations=[],
        owes=None,
        caught_up=caught_up,
        error=error,
    )
