"""How much of the truth has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class ArrivedDay:
    """`rows` the champion answered, `labelled` of them have a label, which is `share` of them."""

    day: date
    rows: int
    labelled: int
    share: float | None


@dataclass(frozen=True, repr=False)
class Arrived(Tabular):
    """The share of rows that have a label, by day.

    Attributes:
        share: of all rows of the period.
        unmatched: labels of rows that the journal does not have, by when they came: within a `day`, a `week`, a
            `month`, or `earlier`.
    """

    start: date
    end: date
    days: tuple[ArrivedDay, ...]
    share: float | None
    unmatched: Mapping[str, int]
    document: Mapping[str, Any] = field(compare=False)

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [vars(each) for each in self.days]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_arrived(asked: Asked) -> Arrived:
    said = asked.get("labels/arrived")
    return Arrived(
        start=day(said["start"]),
        end=day(said["end"]),
        days=tuple(ArrivedDay(**{**each, "day": day(each["day"])}) for each in said["days"]),
        share=said["total"]["share"],
        unmatched={each["within"]: each["labels"] for each in said["unmatched"]},
        document=said,
    )
