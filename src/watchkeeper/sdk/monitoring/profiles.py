"""How a column was spread, stretch of time by stretch of time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.monitoring.chart import Chart
from watchkeeper.sdk.showing import Tabular

ProfileBy = Literal["hour", "day", "month"]


@dataclass(frozen=True)
class Profile:
    """Attributes:
    start: the hour, the day or the month, in the deployment's time zone.
    rows: how many rows it had.
    counts: how many of them lay in each bin.
    """

    start: str
    rows: int
    counts: Mapping[str, int]


@dataclass(frozen=True, repr=False)
class Profiles(Tabular):
    """Profiles of one column; those of several stretches add up.

    Attributes:
        column: a feature, or "prediction".
        by: "hour", "day" or "month".
        role: whose.
        reference: the same counts of the rows that the model learned from; of the prediction, of those that the model
            was not fitted on.
        profiles: each stretch that had rows, in order.
        release, segment: whose rows they are; None for all.
    """

    column: str
    by: str
    role: str
    reference: Mapping[str, int]
    profiles: tuple[Profile, ...]
    release: int | None
    segment: str | None
    document: Mapping[str, Any] = field(compare=False)
    asked: Asked = field(compare=False)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.profiles)

    def __len__(self) -> int:
        return len(self.profiles)

    def records(self) -> Sequence[Mapping[str, Any]]:
        """A row a stretch: its start, its rows, and the count in each bin."""
        return [{"start": each.start, "rows": each.rows, **each.counts} for each in self.profiles]

    def chart(self) -> Chart:
        """The column over time, a strip of colour for each group of its values."""
        return Chart(self.asked.get("profiles/chart"))

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_profiles(asked: Asked) -> Profiles:
    said = asked.get("profiles")
    bins = said["bins"]
    found = [
        Profile(each["start"], each["rows"], dict(zip(bins, each["counts"], strict=True))) for each in said["profiles"]
    ]
    return Profiles(
        column=said["column"],
        by=said["by"],
        role=said["role"],
        reference=dict(zip(bins, said["reference"], strict=True)),
        profiles=tuple(found),
        release=said["release"],
        segment=said["segment"]["segment"] if said["segment"] else None,
        document=said,
        asked=asked,
    )
