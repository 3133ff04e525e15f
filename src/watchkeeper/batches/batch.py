from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from watchkeeper.serving.deployment import TypePolicy

CHUNK_ROWS = 50_000


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({State.DONE, State.FAILED, State.CANCELLED})


@dataclass(frozen=True)
class Batch:
    """A dataset's rows, answered by the models of one release: that which was in force when it was asked for.

    Attributes:
        dataset_name: as it was then; the dataset may be removed later.
        chunk_rows: the most rows of one chunk; with the dataset it says where each chunk begins.
        type_policy, threshold: of the release too. What it says of a shadow or a split is about calls: the challenger
            answers every row of a batch.
        journal: whether its rows are predictions of the deployment, watched like any others.
        chunks: how many are answered and kept.
        rows, answered, refused: of the dataset; of these chunks; of these chunks, without an answer.
        violations: {"column", "violation", "rows", "row", "example"} of these chunks, the first row and its value.
        challenger_error: why the challenger gave no answers, where it did not.
        error: why it failed: {"code", "message", "fields"}.
    """

    id: str
    project: str
    deployment: str
    dataset: str
    dataset_name: str
    release: int
    champion: str
    challenger: str | None
    type_policy: TypePolicy
    threshold: float
    journal: bool
    rows: int
    asked: datetime
    asked_by: str
    chunk_rows: int = CHUNK_ROWS
    state: State = State.WAITING
    chunks: int = 0
    answered: int = 0
    refused: int = 0
    violations: Sequence[Mapping[str, Any]] = ()
    challenger_error: str = ""
    error: Mapping[str, Any] | None = None
    started: datetime | None = None
    finished: datetime | None = None

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def progress(self) -> float:
        """The share of the rows that is behind it."""
        return (self.answered + self.refused) / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class ChunkReport:
    """What came of one chunk, whose answers are kept by now. `violations` are as those of a batch."""

    number: int
    answered: int
    refused: int
    violations: Sequence[Mapping[str, Any]] = ()
    challenger_error: str = ""


def merged(
    before: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]], *, most: int = 500
) -> list[Mapping[str, Any]]:
    """One entry a column and violation, the earliest example kept; new ones beyond `most` are left out."""
    known = {(each["column"], each["violation"]): dict(each) for each in before}
    for each in found:
        name = (each["column"], each["violation"])
        if name in known:
            known[name]["rows"] += each["rows"]
        elif len(known) < most:
            known[name] = dict(each)
    return list(known.values())
