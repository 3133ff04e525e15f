"""How drift of a deployment is judged."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from watchkeeper.sdk.reading import moment


@dataclass(frozen=True)
class DriftPolicy:
    """What verdicts and alarms keep to.

    Attributes:
        number: 0 is the one that every deployment starts with.
        alarm_days: with no drift anywhere, one day in so many has a false verdict, over all that is watched together.
        in_a_row: an alarm takes the same column drifted on so many days with rows, one after the other.
        shape, missing, unseen: sizes from which a change matters: of the shape, of the share of missing values, of the
            share of values that the reference never held.
        lateness_days: rows that come when newer ones than of so many days later have come raise no alarm.
        ahead_hours: rows that lie further ahead of their arrival are a violation, and not profiled.
        judged_by: "evidence", or "psi": conventionally drifted from 0.25 on, immaterial from 0.1 on.
        since: when it was set, by `set_by`.
    """

    number: int
    alarm_days: int
    in_a_row: int
    shape: float
    missing: float
    unseen: float
    lateness_days: int
    ahead_hours: int
    judged_by: str
    since: datetime | None
    set_by: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def read_policy(said: Mapping[str, Any]) -> DriftPolicy:
    return DriftPolicy(**{**said, "since": moment(said["since"])})
