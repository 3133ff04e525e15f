"""All columns together: whether rows of the last days can be told from the reference's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.monitoring.chart import Chart
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class ApartDay:
    """The window of some days that ends with one.

    Attributes:
        day: the last day.
        first: the first day.
        verdict: "drifted" where the rows can be told apart, and may be by enough to matter; by itself, in no budget.
        sentence: the same in words.
        auc: how often a row of these days is put above one of the reference by a classifier that learned on others,
            0.5 where nothing has changed. None where it was not asked, which the sentence explains.
        low, high: hold it with 90 %.
        p_value: the chance of as much where nothing has changed.
        columns: what tells the rows apart, with the part of the AUC that is lost without it.
        rows: so many of either side were looked at.
    """

    day: date
    first: date
    verdict: str
    sentence: str
    auc: float | None
    low: float | None
    high: float | None
    p_value: float | None
    columns: Mapping[str, float]
    rows: int


@dataclass(frozen=True, repr=False)
class Multivariate(Tabular):
    """Each day that was looked at; `verdict` and `sentence` are the last one's, None before any."""

    days: tuple[ApartDay, ...]
    asked: Asked = field(compare=False)

    @property
    def verdict(self) -> str | None:
        return self.days[-1].verdict if self.days else None

    @property
    def sentence(self) -> str | None:
        return self.days[-1].sentence if self.days else None

    def __iter__(self) -> Iterator[ApartDay]:
        return iter(self.days)

    def __len__(self) -> int:
        return len(self.days)

    def records(self) -> Sequence[Mapping[str, Any]]:
        """A row a day."""
        return [{**vars(each), "columns": ", ".join(each.columns)} for each in self.days]

    def chart(self) -> Chart:
        """The AUC by day, with its interval."""
        return Chart(self.asked.get("drift/multivariate/chart"))


def read_multivariate(said: Sequence[Mapping[str, Any]], asked: Asked) -> Multivariate:
    return Multivariate(tuple(_day(each) for each in said), asked)


def _day(said: Mapping[str, Any]) -> ApartDay:
    columns = {each["column"]: each["lost"] for each in said["columns"]}
    return ApartDay(**{**said, "day": day(said["day"]), "first": day(said["first"]), "columns": columns})
