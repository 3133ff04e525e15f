"""What is behind a drift."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.monitoring.verdicts import Effect
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class Began:
    """When a drift began.

    Attributes:
        course: "abrupt" from one day to the next, "gradual", "passing" (over again since `last`), or "earlier": it was
            there on the first day that was looked at.
        first: the first day of it.
        low, high: the interval for that day; it holds it with 90 %.
        last: of a passing one, its last day.
    """

    course: str
    first: date
    low: date
    high: date
    last: date | None


@dataclass(frozen=True)
class Part:
    """A level or range of values: its shares of the rows in the reference and now, and its part of the drift."""

    label: str
    before: float
    now: float
    weight: float


@dataclass(frozen=True)
class CauseSegment:
    """The segment in which a drift is concentrated: its shares of the period's rows, and of the drift."""

    name: str
    rows: float
    drift: float


@dataclass(frozen=True)
class Cause:
    """A feature that has drifted.

    Attributes:
        sentence: what is behind it, in words.
        nature: "natural shift", "data fault", or "unknown" where its rows were not looked at or nothing explains them.
        fault: the fault's name, where it is one.
        weight: its share of all causes: drift times importance.
        importance: the champion's, as a share; None where that is not known.
        began: None where no day stands out.
        parts: what accounts for it, the largest first.
        segment: where it is concentrated; None where it is in all segments alike, or no feature is the segment.
    """

    column: str
    sentence: str
    nature: str
    fault: str | None
    weight: float
    importance: float | None
    effect: Effect
    began: Began | None
    parts: tuple[Part, ...]
    segment: CauseSegment | None


@dataclass(frozen=True, repr=False)
class Causes(Tabular):
    """The features that have drifted, the most important first."""

    start: date
    end: date
    items: tuple[Cause, ...]
    document: Mapping[str, Any] = field(compare=False)

    def __iter__(self) -> Iterator[Cause]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> Cause:
        return self.items[place]

    def records(self) -> Sequence[Mapping[str, Any]]:
        """A row a cause."""
        return [
            {
                "column": each.column,
                "nature": each.nature,
                "fault": each.fault,
                "weight": each.weight,
                "importance": each.importance,
                "effect": each.effect.estimate,
                "began": each.began.first if each.began else None,
                "course": each.began.course if each.began else None,
                "segment": each.segment.name if each.segment else None,
                "sentence": each.sentence,
            }
            for each in self
        ]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_causes(asked: Asked) -> Causes:
    said = asked.get("drift/causes")
    return Causes(day(said["start"]), day(said["end"]), tuple(_cause(each) for each in said["items"]), said)


def _cause(said: Mapping[str, Any]) -> Cause:
    began = said["began"]
    return Cause(
        column=said["column"],
        sentence=said["sentence"],
        nature=said["nature"],
        fault=said["fault"],
        weight=said["weight"],
        importance=said["importance"],
        effect=Effect(**said["effect"]),
        began=_began(began) if began else None,
        parts=tuple(Part(*(each[name] for name in ("label", "before", "now", "weight"))) for each in said["parts"]),
        segment=CauseSegment(**said["segment"]) if said["segment"] else None,
    )


def _began(said: Mapping[str, Any]) -> Began:
    first, low, high = (day(said[name]) for name in ("first", "low", "high"))
    return Began(said["course"], first, low, high, day(said["last"]) if said["last"] else None)
