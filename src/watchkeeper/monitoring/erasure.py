"""An erasure: rows of the journal that somebody asked to be gone, and what became of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

MOST_IDS = 10_000
MOST_ROWS = 1_000_000
"""Found by conditions, of one erasure."""
LONGEST_ID = 200


class ErasureState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Erasure:
    """Of rows that had arrived by `asked`: those with these `ids`, or those that meet the conditions `where` and lie in
    the period. `ids` are forgotten once it is done, `given` says how many they were; `rows` and `labels` are how many
    are gone (of both roles; of results of a batch that was not journalled too), and `error` is why it failed."""

    id: str
    deployment: str
    asked: datetime
    asked_by: str
    ids: tuple[str, ...]
    given: int
    where: Sequence[Any]
    start: datetime | None
    end: datetime | None
    state: ErasureState = ErasureState.WAITING
    rows: int | None = None
    labels: int | None = None
    done: datetime | None = None
    error: str = ""


class Erasures(Protocol):
    def add(self, erasure: Erasure) -> None: ...
    def get(self, erasure: str) -> Erasure | None: ...
    def waiting(self, deployment: str) -> list[Erasure]:
        """In the order in which they were asked for."""
        ...

    def finish(self, erasure: Erasure) -> None: ...
    def page(self, deployment: str, *, after: str | None, limit: int) -> list[Erasure]:
        """Newest first; after this id where given."""
        ...
