"""Who calls a deployment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class Called:
    """`refused` are calls beyond the key's rate, which are among no others."""

    calls: int
    rows: int
    errors: int
    refused: int


@dataclass(frozen=True)
class CallerOf:
    """One key's calls.

    Attributes:
        key: its id; None for those who call without any.
        name: whose it is.
        of: `project`, `person`, `elsewhere` (another project's), `anybody` (no key), or `nobody` (a key that is gone).
        total: of all days.
        days: each day on which something came.
    """

    key: str | None
    name: str
    of: str
    total: Called
    days: tuple[tuple[date, Called], ...]


@dataclass(frozen=True, repr=False)
class Callers(Tabular):
    """Who called in a period, who called most first."""

    items: tuple[CallerOf, ...]
    start: date
    end: date
    document: Mapping[str, Any] = field(compare=False)

    def __iter__(self) -> Iterator[CallerOf]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> CallerOf:
        return self.items[place]

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [{"name": each.name, **vars(each.total), "key": each.key} for each in self.items]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_callers(asked: Asked) -> Callers:
    said = asked.get("callers")
    return Callers(
        items=tuple(
            CallerOf(
                key=each["key"],
                name=each["name"],
                of=each["of"],
                total=_called(each),
                days=tuple((day(one["day"]), _called(one)) for one in each["days"]),
            )
            for each in said["items"]
        ),
        start=day(said["start"]),
        end=day(said["end"]),
        document=said,
    )


def _called(said: Mapping[str, Any]) -> Called:
    return Called(calls=said["calls"], rows=said["rows"], errors=said["errors"], refused=said["refused"])
