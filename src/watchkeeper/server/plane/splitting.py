"""A call in a split: each row is answered by the model that its caller is drawn for, and owed by the other.

Where the challenger can't answer, the champion does.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec import structs

from watchkeeper.learning.model import Answers
from watchkeeper.names import new_id
from watchkeeper.server.plane.call import (
    Answered,
    Call,
    ModelFailed,
    Wanted,
    answers_to,
    frame_of,
    ids_of,
    owed_of,
    own_ids_of,
)
from watchkeeper.server.plane.shelf import Served
from watchkeeper.serving.coercing import Columns, Violation
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.split import Split, key_of

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Rows:
    """Those of a call, ready to be answered; one entry a row. `keys` are what the split's column holds, where it has
    one."""

    ids: list[str]
    own_ids: list[bool] | None
    at: list[int]
    columns: Columns
    violations: list[Violation]
    keys: Sequence[Any] | None = None

    def only(self, rows: list[int]) -> "Rows":
        if len(rows) == len(self.ids):
            return self
        places = {row: place for place, row in enumerate(rows)}
        return Rows(
            ids=_picked(self.ids, rows),
            own_ids=_picked(self.own_ids, rows) if self.own_ids is not None else None,
            at=_picked(self.at, rows),
            columns={name: _picked(values, rows) for name, values in self.columns.items()},
            violations=[(places[row], *rest) for row, *rest in self.violations if row in places],  # type: ignore[misc]
        )


@dataclass(frozen=True)
class Part:
    """The rows at these places of a call, as one model answered them."""

    role: Role
    places: list[int]
    rows: Rows
    answers: Answers


def answered_in_split(call: Call, wanted: Wanted, split: Split) -> Answered:
    """Each row by its own model, in the order in which they came. Raise ModelFailed where the champion fails."""
    asked, read = wanted.asked, wanted.coerced
    rows = Rows(ids_of(call, asked), own_ids_of(asked), wanted.at, read.columns, read.violations, read.keys)
    header = call.headers.get(split.header_sent) if split.header else None
    mask = drawn(rows, split, deployment=call.served.route.deployment, header=header, received=call.received)
    parts = parts_of(call, rows, mask)
    frames = [_frame(call, part, name=call.name if part is parts[0] else new_id()) for part in parts]
    if len(frames) == 1:
        return Answered(frames[0], *call.protocol.written(frames[0], asked), parts=frames)
    answers = together(len(rows.ids), parts)
    told = {"ids": rows.ids, "outputs": answers.outputs, "values": answers.values, "violations": rows.violations}
    whole = structs.replace(frames[0], **told)
    return Answered(whole, *call.protocol.written(whole, asked), parts=frames)


def drawn(rows: Rows, split: Split, *, deployment: str, header: bytes | None, received: int) -> list[bool]:
    """Whether the challenger answers, for each row. Without a word of who calls, each row is drawn by its own id, and a
    call without a column by that of its first."""
    moment = datetime.fromtimestamp(received / 1e9, UTC)
    if split.column is None:
        said = header.decode("latin-1").strip() if header else ""
        return split.drawn([said or rows.ids[0]], deployment=deployment, moment=moment) * len(rows.ids)
    keys = [key_of(value) or name for value, name in zip(rows.keys or (), rows.ids, strict=True)]
    return split.drawn(keys, deployment=deployment, moment=moment)


def parts_of(call: Call, rows: Rows, drawn: list[bool]) -> list[Part]:
    """Who answers which rows, and what."""
    theirs = [row for row, challenger in enumerate(drawn) if challenger]
    answers = _by_challenger(call.served, rows.only(theirs)) if theirs else None
    if answers is None:
        return [Part(Role.CHAMPION, list(range(len(drawn))), rows, answers_to(call.champion, rows.columns, rows.at))]
    parts = [Part(Role.CHALLENGER, theirs, rows.only(theirs), answers)]
    if len(theirs) < len(drawn):
        places = [row for row, challenger in enumerate(drawn) if not challenger]
        mine = rows.only(places)
        parts.append(Part(Role.CHAMPION, places, mine, answers_to(call.champion, mine.columns, mine.at)))
    return parts


def _by_challenger(served: Served, rows: Rows) -> Answers | None:
    """Its answers; None where it has none to give, which its vitals tell of."""
    model = served.models.get(Role.CHALLENGER)
    if model is None:
        return None
    try:
        return answers_to(model, rows.columns, rows.at, role=Role.CHALLENGER)
    except ModelFailed as failed:
        log.warning("%s: the challenger failed on a caller's rows, the champion answers", served.route.address)
        served.vitals[Role.CHALLENGER].failed(datetime.now(UTC), failed.message)
        return None


def _frame(call: Call, part: Part, *, name: str) -> Frame:
    """The champion answers every row, unseen where the challenger answers the caller: what is watched stays whole."""
    route, rows = call.served.route, part.rows
    model, owed = route.champion.model, owed_of(route, rows.ids)
    if part.role is Role.CHALLENGER and route.challenger is not None:
        model, owed = route.challenger.model, (model, None)
    frame = frame_of(
        call,
        kind="answered",
        ids=rows.ids,
        own_ids=rows.own_ids,
        at=rows.at,
        inputs=rows.columns,
        outputs=part.answers.outputs,
        values=part.answers.values,
        violations=rows.violations,
        owes=owed[0],
        owed_rows=owed[1],
        part="answered",
    )
    return structs.replace(frame, role=part.role.value, model=model, call=name)


def together(count: int, parts: Sequence[Part]) -> Answers:
    """The answers to all rows of a call, in their order."""
    outputs, values = [0.0] * count, [""] * count
    for part in parts:
        for place, row in enumerate(part.places):
            outputs[row] = part.answers.outputs[place]
            if part.answers.values is not None:
                values[row] = part.answers.values[place]
    return Answers(outputs, None if parts[0].answers.values is None else values)


def _picked(values: Sequence[T], rows: list[int]) -> list[T]:
    return [values[row] for row in rows]
