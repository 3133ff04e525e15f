"""What of a journal is kept from its readers: columns that are hashed or left out, and rows that are erased."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from watchkeeper.sdk.reading import known_moment, moment
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class JournalColumn:
    """`journalled` is `full`, `hashed` or `left_out`; `since` is None where nothing was ever said."""

    column: str
    kind: str
    journalled: str
    since: datetime | None
    set_by: str | None


@dataclass(frozen=True, repr=False)
class JournalColumns(Tabular, Sequence[JournalColumn]):
    """How each input is journalled; its profiles count it all the same."""

    columns: tuple[JournalColumn, ...]

    def __getitem__(self, place: Any) -> Any:
        return self.columns[place]

    def __len__(self) -> int:
        return len(self.columns)

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [asdict(each) for each in self.columns]

    def to_json(self) -> dict[str, Any]:
        return {"items": self.records()}


@dataclass(frozen=True)
class Erasure:
    """Rows that somebody asked to be gone.

    Attributes:
        given: how many ids were named; the ids themselves are not kept.
        where: conditions, `[column, operator, value]` each.
        state: `waiting`, `done` or `failed`, whose reason is in `error`.
        rows: how many are gone, of both roles, and of results of batches that were not journalled.
        labels: how many are gone with them.
    """

    id: str
    asked: datetime
    asked_by: str
    given: int
    where: tuple[Any, ...]
    start: datetime | None
    end: datetime | None
    state: str
    rows: int | None
    labels: int | None
    done: datetime | None
    error: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def read_columns(said: Mapping[str, Any]) -> JournalColumns:
    return JournalColumns(tuple(JournalColumn(**{**each, "since": moment(each["since"])}) for each in said["items"]))


def read_erasure(said: Mapping[str, Any]) -> Erasure:
    times = {name: moment(said[name]) for name in ("start", "end", "done")}
    return Erasure(**{**said, **times, "asked": known_moment(said["asked"]), "where": tuple(said["where"])})
