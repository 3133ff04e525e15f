"""Drift that is known."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from watchkeeper.sdk.reading import day, known_moment, moment


@dataclass(frozen=True)
class Acceptance:
    """From the day `since` on the columns are held against the rows of `since` to `through`, until it is withdrawn.

    Attributes:
        number: by which it is withdrawn.
        because: why it is no news, in the words of who accepted it.
        at: when `accepted_by` did.
        withdrawn_at: when `withdrawn_by` took it back; None while it holds.
        replaced: the day from which on newer ones hold of all its columns; None where none does.
        sentence: all of it in words.
    """

    number: int
    columns: tuple[str, ...]
    since: date
    through: date
    because: str
    accepted_by: str
    at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    replaced: date | None
    sentence: str

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "columns": list(self.columns)}


def read_acceptance(said: Mapping[str, Any]) -> Acceptance:
    at, withdrawn = known_moment(said["at"]), moment(said["withdrawn_at"])
    days = {name: day(said[name]) if said[name] else None for name in ("since", "through", "replaced")}
    return Acceptance(**{**said, **days, "columns": tuple(said["columns"]), "at": at, "withdrawn_at": withdrawn})
