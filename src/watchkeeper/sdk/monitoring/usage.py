"""Usage by day: calls, errors, response times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.asking import ROLES, Asked
from watchkeeper.sdk.monitoring.chart import Chart
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class Used:
    """Response times are of answered calls, in milliseconds; None where there were none. `answered` are the calls whose
    callers got this role's answer; the others it answered unseen. The `unrecorded` were answered while the disk was
    full, and are not among the calls and rows."""

    calls: int
    rows: int
    errors: int
    answered: int
    mean_ms: float | None
    p95_ms: float | None
    unrecorded_calls: int = 0
    unrecorded_rows: int = 0


@dataclass(frozen=True)
class UsageDay:
    day: date
    champion: Used
    challenger: Used | None


@dataclass(frozen=True, repr=False)
class Usage(Tabular):
    """Champion beside challenger, day by day.

    Attributes:
        by: whether a call belongs to the day of its rows' own time (`event`) or of its arrival (`arrival`).
        time_zone: of the days.
        start: the first day.
        end: the last day, included.
        days: each day, also those on which nothing happened.
        total: the whole period, by role.
    """

    by: str
    time_zone: str
    start: date
    end: date
    days: tuple[UsageDay, ...]
    total: Mapping[str, Used]
    document: Mapping[str, Any] = field(compare=False)
    asked: Asked = field(compare=False)

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [
            {"day": each.day, "role": role, **vars(used)}
            for each in self.days
            for role in ROLES
            if (used := getattr(each, role)) is not None
        ]

    def chart(self) -> Chart:
        """Calls, errors and response time by day, as a chart."""
        return Chart(self.asked.get("usage/chart"))

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_usage(asked: Asked) -> Usage:
    said = asked.get("usage")
    days = tuple(
        UsageDay(
            day=day(each["day"]),
            champion=_used(each["champion"]),
            challenger=_used(each["challenger"]) if each.get("challenger") else None,
        )
        for each in said["days"]
    )
    return Usage(
        by=said["by"],
        time_zone=said["time_zone"],
        start=day(said["start"]),
        end=day(said["end"]),
        days=days,
        total={role: _used(said["total"][role]) for role in ROLES if said["total"].get(role)},
        document=said,
        asked=asked,
    )


def _used(said: Mapping[str, Any]) -> Used:
    return Used(
        calls=said["calls"],
        rows=said["rows"],
        errors=said["errors"],
        answered=said["answered"],
        mean_ms=said.get("mean_ms"),
        p95_ms=said.get("p95_ms"),
        unrecorded_calls=said.get("unrecorded_calls", 0),
        unrecorded_rows=said.get("unrecorded_rows", 0),
    )
