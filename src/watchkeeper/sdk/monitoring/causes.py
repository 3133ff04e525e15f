"""What is behind a drift."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.monitoring.verdicts import Effect
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular

if TYPE_CHECKING:
    from rich.console import RenderableType


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
class Moved:
    """What a feature has done to the prediction, in the target's unit, or as a probability where classes are predicted.

    Attributes:
        alone: so much of the mean prediction's move goes away once its values are the reference's again.
        low, high: the interval for that; it holds it with 90 %.
        distance: how far single predictions lie apart for it, whichever way.
        part: its part of the whole, the other features having moved too.
    """

    alone: float
    low: float
    high: float
    distance: float
    part: float


@dataclass(frozen=True)
class Swapped:
    """The champion asked again, on so many `rows` of the period and as many of the reference.

    Attributes:
        sentence: by how much the mean prediction has moved, in words.
        champion: the model's id.
        whole: by how much the mean prediction has moved.
        low, high: the interval for that; it holds it with 90 %.
        rest: the part of all that has not drifted; with the features' parts it sums to the whole.
        probability: whether it is that of a class, and no number of the target's unit.
        left_aside: inputs that only one side has, such as those that are not journalled in full.
    """

    sentence: str
    champion: str
    rows: int
    whole: float
    low: float
    high: float
    rest: float
    probability: bool
    left_aside: tuple[str, ...]


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
        parts: what accounts for it on the days on which it lasted, the largest first.
        segment: where it is concentrated; None where it is in all segments alike, or no feature is the segment.
        moved: how much it moves the prediction; None where its values were not swapped.
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
    moved: Moved | None


@dataclass(frozen=True, repr=False)
class Causes(Tabular):
    """The features that have drifted, the most important first; `swapped` where the champion was asked again.
    `segments_judged` is False where the worker has yet to judge these days by segment, so that no cause names one; None
    where no feature is the segment."""

    start: date
    end: date
    items: tuple[Cause, ...]
    swapped: Swapped | None
    segments_judged: bool | None
    document: Mapping[str, Any] = field(compare=False)

    def __iter__(self) -> Iterator[Cause]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> Cause:
        return self.items[place]

    def as_read(self) -> Sequence[Mapping[str, Any]]:
        """Without the sentences, which are longer than a column is wide."""
        return [
            {
                "column": each.column,
                "nature": each.nature,
                "weight": each.weight,
                "size": each.effect,
                "began": each.began.first if each.began else None,
                **({"moved": each.moved.alone} if each.moved else {}),
            }
            for each in self
        ]

    def __rich__(self) -> "RenderableType":
        """A table, and below it each sentence over the whole width."""
        from rich.console import Group
        from rich.text import Text

        return Group(super().__rich__(), "", *(Text(each.sentence) for each in self))

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
                **_row(each.moved),
                "sentence": each.sentence,
            }
            for each in self
        ]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def _row(of: Moved | None) -> dict[str, float | None]:
    names = {"moved": "alone", "moved_low": "low", "moved_high": "high"}
    return {name: getattr(of, of_moved) if of else None for name, of_moved in names.items()}


def read_causes(asked: Asked, *, swap: bool) -> Causes:
    said = asked.get("drift/causes/swap" if swap else "drift/causes")
    swapped = said["swapped"]
    return Causes(
        start=day(said["start"]),
        end=day(said["end"]),
        items=tuple(_cause(each) for each in said["items"]),
        swapped=Swapped(**{**swapped, "left_aside": tuple(swapped["left_aside"])}) if swapped else None,
        segments_judged=said["segments_judged"],
        document=said,
    )


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
        moved=Moved(**said["moved"]) if said["moved"] else None,
    )


def _began(said: Mapping[str, Any]) -> Began:
    first, low, high = (day(said[name]) for name in ("first", "low", "high"))
    return Began(said["course"], first, low, high, day(said["last"]) if said["last"] else None)
