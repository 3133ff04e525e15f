"""How good the answers were, by day, week or month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from watchkeeper.sdk.monitoring.asking import ROLES, Asked
from watchkeeper.sdk.monitoring.chart import Chart
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular

Grain = Literal["day", "week", "month"]


@dataclass(frozen=True)
class Estimate:
    """A metric and its 95 % interval, from as many blocks of time; `reason` says why one of them is None."""

    value: float | None
    low: float | None
    high: float | None
    reason: str | None
    blocks: int


@dataclass(frozen=True)
class Scored:
    """`rows` were answered, `labelled` of them have a label, which is `share` of them; `metrics` are of these."""

    rows: int
    labelled: int
    share: float | None
    metrics: Mapping[str, Estimate]


@dataclass(frozen=True)
class Window:
    """`name` is its first day, its week as `2013-W02`, or its month as `2013-01`."""

    name: str
    start: date
    end: date
    champion: Scored
    challenger: Scored | None


@dataclass(frozen=True, repr=False)
class Performance(Tabular):
    """Champion beside challenger, window by window.

    Attributes:
        metric: the deployment's own.
        task: `regression` or `binary`.
        by: `day`, `week` or `month`.
        windows: each window, also those without labels.
        total: the whole period.
    """

    metric: str
    task: str
    by: str
    time_zone: str
    start: date
    end: date
    windows: tuple[Window, ...]
    total: Window
    document: Mapping[str, Any] = field(compare=False)
    asked: Asked = field(compare=False)

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "window": window.name,
                "role": role,
                "rows": scored.rows,
                "labelled": scored.labelled,
                **{name: estimate.value for name, estimate in scored.metrics.items()},
            }
            for window in self.windows
            for role in ROLES
            if (scored := getattr(window, role)) is not None
        ]

    def chart(self, metric: str | None = None) -> Chart:
        """A metric by window with its interval; the deployment's own without."""
        asked = Asked(self.asked.caller, self.asked.deployment, {**self.asked.params, "metric": metric})
        return Chart(asked.get("performance/chart"))

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_performance(asked: Asked) -> Performance:
    said = asked.get("performance")
    return Performance(
        metric=said["metric"],
        task=said["task"],
        by=said["by"],
        time_zone=said["time_zone"],
        start=day(said["start"]),
        end=day(said["end"]),
        windows=tuple(_window(each) for each in said["windows"]),
        total=_window(said["total"]),
        document=said,
        asked=asked,
    )


def _window(said: Mapping[str, Any]) -> Window:
    return Window(
        name=said["window"],
        start=day(said["start"]),
        end=day(said["end"]),
        champion=_scored(said["champion"]),
        challenger=_scored(said["challenger"]) if said.get("challenger") else None,
    )


def _scored(said: Mapping[str, Any]) -> Scored:
    metrics = {name: Estimate(**each) for name, each in said["metrics"].items()}
    return Scored(rows=said["rows"], labelled=said["labelled"], share=said["share"], metrics=metrics)
