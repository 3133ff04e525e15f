"""A deployment in a sentence, and what it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.monitoring.comparison import Compared
from watchkeeper.sdk.reading import day

COUNTS = ("predictions", "days", "a_day", "errors", "share", "alerts", "others")
PLAIN = ("sentence", "state", "health", "metric", "value", *COUNTS)


@dataclass(frozen=True)
class Drifted:
    """A feature that an open firing is about, and its first day."""

    feature: str
    since: date


@dataclass(frozen=True)
class Summary:
    """Of a period; its health is that of now.

    Attributes:
        sentence: all of it in words.
        state: `healthy`, `degraded` or `down`.
        health: the state in a sentence.
        predictions: rows that the champion answered, on `days` with any; `a_day` of them.
        errors: calls that failed.
        value: the deployment's metric over the rows that have a label, which are `share` of them.
        drifted: features that have drifted, the longest first.
        alerts: firings that are open on the last day; `others` of them are of anything but drift.
        comparison: of the challenger; None without one, or where there is nothing to compare yet.
    """

    sentence: str
    start: date
    end: date
    state: str
    health: str
    predictions: int
    days: int
    a_day: float | None
    errors: int
    metric: str
    value: float | None
    share: float | None
    drifted: tuple[Drifted, ...]
    alerts: int
    others: int
    comparison: Compared | None
    document: Mapping[str, Any] = field(compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)

    def __str__(self) -> str:
        return self.sentence


def read_summary(asked: Asked) -> Summary:
    said = asked.get("summary")
    return Summary(
        **{name: said[name] for name in PLAIN},
        start=day(said["start"]),
        end=day(said["end"]),
        drifted=tuple(Drifted(each["feature"], day(each["since"])) for each in said["drifted"]),
        comparison=Compared(**said["comparison"]) if said["comparison"] else None,
        document=said,
    )
