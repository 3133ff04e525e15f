"""Leafing through the journal, newest rows first, each with what the other role answered and its label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.errors import CursorRefused
from watchkeeper.monitoring.answers.scoring import question_of
from watchkeeper.monitoring.collecting.columns import MOMENT
from watchkeeper.monitoring.journal.reading import Selection, read_schema, scan
from watchkeeper.monitoring.ports import Unit
from watchkeeper.serving.deployment import Role

ORDER = ("at", "id", "received", "duplicate")
"""What tells rows apart; a row sent again is a duplicate of the same id."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a page ended: the last row's time, id, arrival, and whether it is a duplicate."""

    at: datetime
    id: str
    received: datetime
    duplicate: bool

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        return cls(*(row[name] for name in ORDER))

    @classmethod
    def read(cls, cursor: str) -> Self:
        """Raise CursorRefused."""
        at, received, duplicate, name = (*cursor.split("~", 3), *[""] * 4)[:4]
        try:
            moments = [datetime.fromtimestamp(int(each) / 1e6, UTC) for each in (at, received)]
        except (ValueError, OverflowError, OSError):
            raise CursorRefused("That is no `next` of a page of this journal. Begin without a cursor.") from None
        if not name or duplicate not in {"0", "1"}:
            raise CursorRefused("That is no `next` of a page of this journal. Begin without a cursor.")
        return cls(moments[0], name, moments[1], duplicate == "1")

    @property
    def cursor(self) -> str:
        moments = [round(each.timestamp() * 1e6) for each in (self.at, self.received)]
        return f"{moments[0]}~{moments[1]}~{int(self.duplicate)}~{self.id}"

    @property
    def key(self) -> tuple[datetime, str, datetime, bool]:
        return self.at, self.id, self.received, self.duplicate


@dataclass(frozen=True)
class Leaf:
    """Some rows, newest first; `after` is where the next page begins, None after the last."""

    rows: tuple[Row, ...]
    after: Place | None


def leaf(selection: Selection, *, limit: int, after: Place | None, work: Unit) -> Leaf:
    found = newest(selection, limit=limit + 1, after=after)
    rows = found[:limit]
    beside(rows, selection, work=work)
    return Leaf(tuple(rows), Place.of(rows[-1]) if len(found) > limit else None)


def newest(selection: Selection, *, limit: int, after: Place | None) -> list[Row]:
    """The newest rows by event time that come after this place. A file is not opened once it can't hold any."""
    best: list[Row] = []
    for file in sorted(selection.files, key=lambda each: each.last, reverse=True):
        if len(best) == limit and best[-1]["at"] > file.last:
            break
        path = selection.directory / file.name
        wanted = selection.filter(read_schema(path)) & _beyond(after)
        if len(best) == limit:
            wanted &= pc.field("at") >= pa.scalar(best[-1]["at"], MOMENT)
        for batch in scan(path, wanted):
            rows = _newest_of(batch, limit).to_pylist()
            best = sorted([*best, *rows], key=lambda row: Place.of(row).key, reverse=True)[:limit]
    return best


def _newest_of(batch: pa.RecordBatch, limit: int) -> pa.RecordBatch:
    """With all rows of the last one's moment, of which the whole order says which are first."""
    if batch.num_rows <= limit:
        return batch
    last = batch.column("at").take(pc.select_k_unstable(batch.column("at"), limit, [("at", "descending")]))
    return batch.filter(pc.greater_equal(batch.column("at"), pc.min(last)))


def _beyond(after: Place | None) -> pc.Expression:
    """Strictly after that place in falling order: the first part that differs decides."""
    beyond = pc.scalar(after is None)
    kinds: tuple[Any, ...] = (MOMENT, pa.string(), MOMENT, pa.bool_())
    for name, value, kind in reversed(list(zip(ORDER, after.key, kinds, strict=True)) if after else []):
        field, here = pc.field(name), pa.scalar(value, kind)
        beyond = (field < here) | ((field == here) & beyond)
    return beyond


def beside(rows: Sequence[Row], selection: Selection, *, work: Unit) -> None:
    """Put beside each row its label, and what the other role answered, under that role's name; None where nothing."""
    other = Role.CHALLENGER if selection.role is Role.CHAMPION else Role.CHAMPION
    answers = _answers(rows, other, selection, work=work) if rows else {}
    question = question_of(selection.deployment, work=work)
    truth = work.labels.latest(selection.deployment.id, [row["id"] for row in rows])
    for row in rows:
        known = truth.get(row["id"])
        row["label"] = known if known is None or question.classes is None else question.classes[int(known)]
        row[other.value] = answers.get((row["call"], row["id"]))


def _answers(rows: Sequence[Row], role: Role, selection: Selection, *, work: Unit) -> dict[tuple[str, str], Row]:
    """By call and id: both roles answer the same rows at the same event time."""
    first, last = (kind(row["at"] for row in rows) for kind in (min, max))
    calls = pa.array(sorted({row["call"] for row in rows}), pa.string())
    span = (pc.field("at") >= pa.scalar(first, MOMENT)) & (pc.field("at") <= pa.scalar(last, MOMENT))
    found: dict[tuple[str, str], Row] = {}
    for file in work.journal.files(selection.deployment.id, role=role, start=first):
        if file.first <= last:
            for batch in scan(selection.directory / file.name, span & pc.field("call").isin(calls)):
                for row in batch.to_pylist():
                    found.setdefault((row["call"], row["id"]), row)
    return found
