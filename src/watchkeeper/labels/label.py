"""A label: what the truth of a row was."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Label:
    """`value` is the number, or 1 for the positive class and 0 for the other. Of a row's labels the newest counts, the
    others are kept. `day` is the local day of the row, once the row was found."""

    row: str
    value: float
    received: datetime
    given_by: str
    day: str | None = None


@dataclass(frozen=True)
class RefusedLabel:
    """`place` is its place in what was sent, from 0."""

    place: int
    id: str
    reason: str


@dataclass(frozen=True)
class Sent:
    """What became of the labels of one request. `repeated` said what was known already; `corrected` are among the
    stored."""

    received: int
    stored: int
    repeated: int
    corrected: int
    refused: tuple[RefusedLabel, ...]


@dataclass(frozen=True)
class Status:
    """`rows` have a label; `unmatched` of them are not in the journal (yet), `waiting` have not been looked for;
    `days_waiting` are days whose performance is about to be counted anew."""

    rows: int
    matched: int
    unmatched: int
    waiting: int
    corrections: int
    days_waiting: int
    newest: datetime | None
