"""A chunk's predictions as frames of the journal."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from watchkeeper.batches.asking import Said
from watchkeeper.batches.chunks import Chunk
from watchkeeper.batches.coercing import Coerced, journalled
from watchkeeper.batches.task import Task
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame

PIECE = 10_000
"""Rows of a frame."""


def frames_of(
    task: Task, chunk: Chunk, ids: Sequence[str], coerced: Coerced, champion: Said, challenger: Said | None
) -> Iterator[list[Frame]]:
    """In pieces, the challenger's answer beside the champion's: it is never owed, or not known to be."""
    answers = challenger is not None and challenger.outputs is not None
    for start in range(0, coerced.kept.size, PIECE):
        piece = slice(start, start + PIECE)
        places = coerced.kept[piece] if coerced.refused else piece
        common: dict[str, Any] = {
            "kind": "answered",
            "deployment": task.deployment,
            "release": task.release,
            "key": "",
            "batch": task.batch,
            "call": f"{task.batch}.{chunk.number}.{start // PIECE}",
            "received": time.time_ns(),
            "ids": [ids[row] for row in places.tolist()] if not isinstance(places, slice) else ids[places],
            "at": coerced.at[places].tolist(),
        }
        found = [
            Frame(
                role=Role.CHAMPION.value,
                model=task.champion,
                inputs={name: values.journalled(places) for name, values in coerced.columns.items()},
                violations=journalled(coerced.faults, coerced.kept, piece),
                owes=task.challenger if answers else None,
                **common,
                **_told(champion, piece),
            )
        ]
        if answers and challenger is not None:
            found.append(
                Frame(role=Role.CHALLENGER.value, model=task.challenger or "", **common, **_told(challenger, piece))
            )
        yield found


def _told(said: Said, piece: slice) -> dict[str, Any]:
    if said.model is None or said.outputs is None:
        raise TypeError("a model that did not answer has nothing to be recorded")
    part = said.outputs[piece]
    answers = said.model.said(part)
    return {
        "outputs": answers.outputs,
        "values": answers.values,
        "milliseconds": said.milliseconds * part.size / max(said.outputs.size, 1),
    }
