from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from watchkeeper.serving.deployment import TypePolicy


@dataclass(frozen=True)
class Task:
    """What is left of a batch, in plain values: what the process that answers it is told.

    Attributes:
        champion, challenger: models' ids; `models` has the directory of each.
        first: the chunk to go on with.
        asked: the event time of rows that say none, in microseconds since 1970, UTC.
        table, results: the dataset's file, and the directory to keep the answers in.
    """

    batch: str
    deployment: str
    release: int
    champion: str
    challenger: str | None
    models: Mapping[str, str]
    type_policy: TypePolicy
    threshold: float
    chunk_rows: int
    first: int
    asked: int
    table: str
    results: str

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "models": dict(self.models), "type_policy": self.type_policy.value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**{**kept, "type_policy": TypePolicy(kept["type_policy"])})

    def model(self, name: str) -> Path:
        return Path(self.models[name])
