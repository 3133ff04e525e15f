"""Is the data still sound: a deployment's schema, what broke it, and what lies beyond the reference."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.monitoring.faults import Finding, read_finding
from watchkeeper.sdk.reading import moment
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class Expectation:
    """A column's rule; None where a thing may be as it likes.

    Attributes:
        name: the column's.
        kind: what its values are.
        required: whether the column has to be there.
        lowest: the smallest number allowed; of text, the fewest characters.
        highest: the largest one.
        levels: those allowed.
        most_missing: the share of missing values that is allowed.
        unique: whether no two rows of a day may hold the same value.
    """

    name: str
    kind: str
    required: bool
    lowest: float | None
    highest: float | None
    levels: tuple[str, ...] | None
    most_missing: float
    unique: bool


@dataclass(frozen=True, repr=False)
class Schema(Tabular):
    """What is expected of the inputs, by column; `set_by` and `since` are of one that was set, and not inferred.
    `stalest` is how many hours old the newest row may be; None for what the rows of the last weeks lead one to
    expect. `changed` is what one of `schemas()` changed of the one before, a line each."""

    number: int
    since: datetime | None
    set_by: str | None
    columns: tuple[Expectation, ...]
    stalest: float | None
    document: Mapping[str, Any] = field(compare=False)
    changed: tuple[str, ...] = field(default=(), compare=False)

    def __iter__(self) -> Iterator[Expectation]:
        return iter(self.columns)

    def __getitem__(self, name: str) -> Expectation:
        return {column.name: column for column in self.columns}[name]

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [
            {**vars(each), "levels": None if each.levels is None else ", ".join(each.levels)} for each in self.columns
        ]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


@dataclass(frozen=True)
class Broken:
    """So many rows broke a column's rule, in the words that violations have; `at_least`, where not all were looked
    at."""

    column: str
    violation: str
    rows: int
    share: float
    at_least: bool


@dataclass(frozen=True)
class Freshness:
    """How old the newest row is.

    Attributes:
        sentence: the same in words.
        stale: whether it is older than its limit.
        newest: when it happened; None without one.
        age: its hours.
        limit: hours that it may be old; None where too few rows have come to expect anything.
        declared: whether somebody set the limit.
        late: rows of the period that came beyond the lateness limit of the drift policy, and their share.
        ahead: rows beside them that lie too far ahead of their arrival, and are not counted.
    """

    sentence: str
    stale: bool
    newest: datetime | None
    age: float | None
    limit: float | None
    declared: bool
    late: int
    late_share: float
    ahead: int


@dataclass(frozen=True)
class Notice:
    """Inputs beyond what the reference held, where a model answers what it has not learned."""

    column: str
    rows: int
    share: float
    p_value: float
    sentence: str


@dataclass(frozen=True, repr=False)
class Integrity(Tabular):
    """A period by the schema in force now, of the rows that the champion answered; as a table, what was broken. The
    `faults` are those that were found on its days."""

    sentence: str
    start: str
    end: str
    rows: int
    schema_number: int
    broken: tuple[Broken, ...]
    notices: tuple[Notice, ...]
    faults: tuple[Finding, ...]
    freshness: Freshness
    document: Mapping[str, Any] = field(compare=False)

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [dict(vars(each)) for each in self.broken]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_schema(said: Mapping[str, Any]) -> Schema:
    return Schema(
        number=said["number"],
        since=moment(said["since"]),
        set_by=said["set_by"],
        columns=tuple(
            Expectation(**{**each, "levels": None if each["levels"] is None else tuple(each["levels"])})
            for each in said["columns"]
        ),
        stalest=said["stalest"],
        document=said,
        changed=tuple(said.get("changed", ())),
    )


def read_integrity(asked: Asked) -> Integrity:
    said = asked.get("integrity")
    return Integrity(
        **{
            **said,
            "broken": tuple(Broken(**each) for each in said["broken"]),
            "notices": tuple(Notice(**each) for each in said["notices"]),
            "faults": tuple(map(read_finding, said["faults"])),
            "freshness": Freshness(**{**said["freshness"], "newest": moment(said["freshness"]["newest"])}),
        },
        document=said,
    )
