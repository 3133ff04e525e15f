"""Rows counted apart by a feature, and how its segments fare."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from watchkeeper.sdk.errors import Unavailable
from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.monitoring.chart import Chart
from watchkeeper.sdk.monitoring.naming import named
from watchkeeper.sdk.reading import day, known_moment, moment
from watchkeeper.sdk.showing import Tabular
from watchkeeper.sdk.waiting import settled


@dataclass(frozen=True)
class SegmentSetting:
    """By which feature rows are counted apart.

    Attributes:
        column: None where they are not.
        names: those that segments have by now, at most fifty; all others are "other".
        choices: the features that may be it.
    """

    column: str | None
    since: datetime | None
    set_by: str | None
    names: tuple[str, ...]
    choices: tuple[str, ...]
    document: Mapping[str, Any] = field(compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


@dataclass(frozen=True)
class SegmentSaid:
    """What was once said; `column` is None where rows were to be counted apart no longer."""

    column: str | None
    since: datetime
    set_by: str


@dataclass(frozen=True)
class Segment:
    """One segment over a period.

    Attributes:
        segment: its name.
        share: of the period's rows; `reference_share` of the reference's, None where these can't be told apart.
        verdict: against the same segment of the reference, over all columns; None without rows.
        drifted: the names of columns that have, the most at first; of more than ten the first.
        drifted_columns: how many they are.
    """

    segment: str
    rows: int
    share: float
    reference_share: float | None
    verdict: str | None
    drifted: tuple[str, ...]
    drifted_columns: int
    sentence: str


@dataclass(frozen=True)
class Mix:
    """Whether the segments' shares have changed; `changed` is the one whose share did most."""

    verdict: str
    changed: str | None
    sentence: str


@dataclass(frozen=True, repr=False)
class Segments(Tabular):
    """All segments of a period, the most concerning first.

    Attributes:
        column: the feature.
        mix: None where the reference can't be told apart.
        judged: when that was, from `counted` rows of both roles; None where the worker has yet to do so, and no
            segment has a verdict.
        sentence: what they are held against.
    """

    column: str
    start: date
    end: date
    items: tuple[Segment, ...]
    mix: Mix | None
    judged: datetime | None
    counted: int
    sentence: str
    document: Mapping[str, Any] = field(compare=False)
    asked: Asked = field(compare=False)

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, name: str) -> Segment:
        """Raises KeyError, with the names there are."""
        return named({each.segment: each for each in self.items}, name, what="segment")

    def records(self) -> Sequence[Mapping[str, Any]]:
        """A row a segment."""
        return [{**vars(each), "drifted": ", ".join(each.drifted)} for each in self]

    def chart(self) -> Chart:
        """The segments' shares, before those in the reference."""
        return Chart(self.asked.get("segments/chart"))

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_segments(asked: Asked, *, within: float) -> Segments:
    said = asked.get("segments")
    if said["judged"] is None and within > 0:
        said = _once_judged(asked, within)
    return Segments(
        column=said["column"],
        start=day(said["start"]),
        end=day(said["end"]),
        items=tuple(Segment(**{**each, "drifted": tuple(each["drifted"])}) for each in said["segments"]),
        mix=Mix(**said["mix"]) if said["mix"] else None,
        judged=moment(said["judged"]),
        counted=said["counted"],
        sentence=said["sentence"],
        document=said,
        asked=asked,
    )


def _once_judged(asked: Asked, within: float) -> Any:
    if settled(lambda: asked.get("segments")["judged"] is not None, pause=asked.caller.pause, within=within):
        return asked.get("segments")
    raise Unavailable(
        f"These days are not judged by segment after {within:g} seconds; the worker's log says why. Ask with within=0 "
        "to have their rows alone.",
        code="segments-not-judged",
    )


def read_setting(said: Mapping[str, Any]) -> SegmentSetting:
    names, choices = (tuple(said[name]) for name in ("names", "choices"))
    return SegmentSetting(said["column"], moment(said["since"]), said["set_by"], names, choices, said)


def read_said(said: Mapping[str, Any]) -> SegmentSaid:
    return SegmentSaid(said["column"], known_moment(said["since"]), said["set_by"])
