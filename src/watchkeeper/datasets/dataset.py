from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from watchkeeper.tables.column import Schema

NO_COLUMNS = Schema(())


class State(StrEnum):
    IMPORTING = "importing"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Dataset:
    """`error` is why an import failed: {"code", "message", "fields"}. A ready dataset never changes."""

    id: str
    project: str
    name: str
    file_name: str
    state: State
    created: datetime
    created_by: str
    progress: float = 0.0
    error: Mapping[str, Any] | None = None
    rows: int = 0
    bytes: int = 0
    digest: str = ""
    schema: Schema = NO_COLUMNS
    summary: Sequence[Mapping[str, Any]] = ()
