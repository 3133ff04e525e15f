"""Values that broke the signature, by column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.reading import known_moment
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class Violation:
    """`share` is of the rows that the champion answered in the period; `example` is one such value."""

    column: str
    violation: str
    rows: int
    share: float
    first: datetime
    last: datetime
    example: str


@dataclass(frozen=True, repr=False)
class Violations(Tabular):
    """The violations of a period, most rows first."""

    items: tuple[Violation, ...]
    document: Mapping[str, Any] = field(compare=False)

    def __iter__(self) -> Iterator[Violation]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> Violation:
        return self.items[place]

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [dict(vars(each)) for each in self.items]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_violations(asked: Asked) -> Violations:
    said = asked.get("violations")
    return Violations(
        items=tuple(
            Violation(
                column=each["column"],
                violation=each["violation"],
                rows=each["rows"],
                share=each["share"],
                first=known_moment(each["first"]),
                last=known_moment(each["last"]),
                example=each["example"],
            )
            for each in said["items"]
        ),
        document=said,
    )
