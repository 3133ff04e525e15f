"""What broke in a deployment's data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class Fault:
    """What broke in the data.

    Attributes:
        fault: "renamed column", "arrives as text", "changed unit", "stuck sensor", "swapped columns", "shifted time
            zone", "filled-in default" or "unknown".
        columns: those that it concerns.
        sentence: what is wrong, in words.
        p_value: the chance that rows like the reference's look so.
        remaining: how far the rows lie from the reference once the fault is undone, 0 to 1.
        evidence: the numbers that it rests on, by name.
    """

    fault: str
    columns: tuple[str, ...]
    sentence: str
    p_value: float
    remaining: float
    evidence: Mapping[str, float]


@dataclass(frozen=True)
class Finding(Fault):
    """A fault that the worker found on each day that it looked at from the `first` to the `last`."""

    first: date
    last: date


@dataclass(frozen=True)
class Untold:
    """A day of which it can't be told whether the data broke, and why."""

    day: date
    why: str


@dataclass(frozen=True, repr=False)
class Findings(Tabular):
    """What was found in a period, the newest first; so many of its `days` had given occasion to look, and so many more
    are `waiting`: over, and not come to yet."""

    start: date
    end: date
    days: int
    waiting: int
    items: tuple[Finding, ...]
    untold: tuple[Untold, ...]
    document: Mapping[str, Any] = field(compare=False)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> Finding:
        return self.items[place]

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [{**_row(each), "first": each.first, "last": each.last} for each in self]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


@dataclass(frozen=True, repr=False)
class Faults(Tabular):
    """What was recognised in so many `rows` of a whole period, looked at when asked to; `by_day` is what the worker
    found on its days by themselves, of which a long period may show nothing."""

    start: str
    end: str
    rows: int
    items: tuple[Fault, ...]
    by_day: tuple[Finding, ...]
    document: Mapping[str, Any] = field(compare=False)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [_row(each) for each in self]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def _row(of: Fault) -> dict[str, Any]:
    return {"columns": ", ".join(of.columns), **{name: vars(of)[name] for name in ("fault", "p_value", "sentence")}}


def read_findings(asked: Asked) -> Findings:
    said = asked.get("faults")
    return Findings(
        start=day(said["start"]),
        end=day(said["end"]),
        days=said["days"],
        waiting=said["waiting"],
        items=tuple(map(read_finding, said["items"])),
        untold=tuple(Untold(day(each["day"]), each["why"]) for each in said["untold"]),
        document=said,
    )


def read_finding(said: Mapping[str, Any]) -> Finding:
    days = {name: day(said[name]) for name in ("first", "last")}
    return Finding(**{**said, "columns": tuple(said["columns"]), **days})


def read_faults(asked: Asked) -> Faults:
    said = asked.get("faults/look")
    items = tuple(Fault(**{**each, "columns": tuple(each["columns"])}) for each in said["faults"])
    by_day = tuple(map(read_finding, said["by_day"]))
    return Faults(said["start"], said["end"], said["rows"], items, by_day, document=said)
