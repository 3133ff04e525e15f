"""How a column's values stand in the journal: in full, hashed, or not at all; its profiles count them all the same."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Journalled(StrEnum):
    """FULL as they came; HASHED with a key of the deployment's own, so that equal values are equal; LEFT_OUT not at
    all."""

    FULL = "full"
    HASHED = "hashed"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class ColumnSetting:
    """In force for what is collected from `since` on."""

    column: str
    journalled: Journalled
    since: datetime
    set_by: str


class Masking(Protocol):
    """How columns are journalled, and the sealed key that their hashes are made with."""

    def settings(self, deployment: str) -> list[ColumnSetting]: ...
    def set(self, deployment: str, setting: ColumnSetting) -> None: ...
    def sealed_key(self, deployment: str) -> str | None: ...
    def keep_key(self, deployment: str, sealed: str) -> None: ...


def word_for(how: Journalled) -> str:
    """What stands where an example of such a column would."""
    return f"({how.replace('_', ' ')})"
