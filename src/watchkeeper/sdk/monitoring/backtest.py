"""A drift policy, tried on the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class Alarm:
    """One that would have been raised: of a column that drifted on `days` days with rows, one after the other.

    Attributes:
        began: the first of these days that lies in the period.
        raised: the one on which there were as many in a row as the policy asks for.
        ended: the last of them.
        stood: whether that was before the period, at whose first day with rows it stood already.
    """

    column: str
    began: date
    raised: date
    ended: date
    days: int
    stood: bool


@dataclass(frozen=True, repr=False)
class Backtest(Tabular):
    """What would have been said of a period under another policy; a row an alarm.

    Attributes:
        policy: the one that was tried.
        start: the first day.
        end: the last day, included.
        verdicts: of each day with rows, over all columns.
        drifted: what had drifted on each of them.
        alarms: in the order in which they would have been raised.
        alarms_a_month: of thirty days with rows; those that were raised in the period.
        expected: how many of the days would have a false verdict with no drift anywhere; an alarm may take several.
    """

    policy: Mapping[str, Any]
    start: date
    end: date
    verdicts: Mapping[date, str | None]
    drifted: Mapping[date, tuple[str, ...]]
    alarms: tuple[Alarm, ...]
    alarms_a_month: float
    expected: float
    document: Mapping[str, Any] = field(compare=False)

    def records(self) -> Sequence[Mapping[str, Any]]:
        """A row an alarm."""
        return [dict(vars(each)) for each in self.alarms]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_backtest(said: Mapping[str, Any]) -> Backtest:
    return Backtest(
        policy=dict(said["policy"]),
        start=day(said["start"]),
        end=day(said["end"]),
        verdicts={day(each["day"]): each["verdict"] for each in said["days"]},
        drifted={day(each["day"]): tuple(each["drifted"]) for each in said["days"]},
        alarms=tuple(
            Alarm(**{**each, **{at: day(each[at]) for at in ("began", "raised", "ended")}}) for each in said["alarms"]
        ),
        alarms_a_month=said["alarms_a_month"],
        expected=said["expected"],
        document=said,
    )
