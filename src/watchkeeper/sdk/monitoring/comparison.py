"""Is the challenger better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.monitoring.chart import Chart
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class Compared:
    """One metric of both on the same rows. `difference` is challenger less champion, `low` to `high` its 95 %
    interval, `probability_better` how sure it is that the challenger is better at all; None where `reason` says
    why. `enough` is on how many more days labels have to come until it is known, would the difference stay what it is:
    0 once it is known, None where that is not foreseeable."""

    metric: str
    rows: int
    days: int
    blocks: int
    champion: float | None
    challenger: float | None
    difference: float | None
    low: float | None
    high: float | None
    probability_better: float | None
    worthwhile: float | None
    verdict: str
    enough: int | None
    reason: str | None


@dataclass(frozen=True)
class Difference:
    """Of one day: challenger less champion, and its 95 % interval, which is of that day alone; None where the day does
    not say."""

    day: date
    rows: int
    difference: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, repr=False)
class Comparison(Tabular):
    """The two models in force, on the labelled rows that both answered.

    Attributes:
        verdict: `better`, `worse`, `no difference worth having`, or `not known yet`.
        sentence: the verdict with its numbers, or why there is nothing to compare.
        of: by the deployment's own metric; None where there is nothing to compare.
        others: by the other metrics.
        days: the difference in the deployment's own metric, day by day, of days with labels.
    """

    start: date
    end: date
    verdict: str
    sentence: str
    of: Compared | None
    others: Mapping[str, Compared]
    days: tuple[Difference, ...]
    asked: Asked = field(compare=False)
    document: Mapping[str, Any] = field(compare=False)

    def records(self) -> Sequence[Mapping[str, Any]]:
        found = [*([self.of] if self.of else []), *self.others.values()]
        names = ("metric", "champion", "challenger", "difference", "low", "high", "probability_better", "verdict")
        return [{name: getattr(each, name) for name in names} for each in found]

    @property
    def enough(self) -> int | None:
        """On how many more days labels have to come until it is known, would the difference stay what it is: 0 once it
        is known, None where that is not foreseeable."""
        return self.of.enough if self.of else None

    def chart(self) -> Chart:
        """The difference by day with its interval."""
        return Chart(self.asked.get("comparison/chart"))

    def __repr__(self) -> str:
        return f"{self.sentence}\n{super().__repr__()}" if self.of else self.sentence

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_comparison(asked: Asked) -> Comparison:
    said = asked.get("comparison")
    return Comparison(
        start=day(said["start"]),
        end=day(said["end"]),
        verdict=said["verdict"],
        sentence=said["sentence"],
        of=Compared(**said["of"]) if said["of"] else None,
        others={name: Compared(**each) for name, each in said["others"].items()},
        days=tuple(Difference(**{**each, "day": day(each["day"])}) for each in said["days"]),
        asked=asked,
        document=said,
    )
