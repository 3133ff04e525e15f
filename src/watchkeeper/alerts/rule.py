"""A rule: which signal of a deployment is watched, and from where on it is too much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Rule:
    """A firing opens when the signal is beyond `threshold` in `needed` of the last `windows` windows that had at least
    `minimum_rows` rows.

    Attributes:
        signal: the name of a member of `alerts.signals`.
        metric: which metric, for the signal that has several; None is the deployment's own.
        threshold: in the signal's unit.
        days: how many days a window looks back on, its own included.
        sure: whether only a window counts whose whole 95 % interval is beyond the threshold.
        channels: ids of the channels that are told; None means all of the project's.
        starting: whether it came with the deployment.
        anew: the local day from which on everything is to be judged anew, all of the past if it is empty; None when
            the rule has been judged as it is.
    """

    id: str
    project: str
    deployment: str
    name: str
    signal: str
    metric: str | None
    threshold: float
    minimum_rows: int
    needed: int
    windows: int
    days: int
    sure: bool
    channels: tuple[str, ...] | None
    enabled: bool
    starting: bool
    anew: str | None
    created: datetime
    created_by: str


@dataclass(frozen=True)
class Reading:
    """A signal over one window, named by its last local day; `low` to `high` is its 95 % interval where it has one,
    `about` the column that it is of, where it is of one, `columns` the signal of each column that has one, `since` the
    day on which what it tells of began, where that is known, and `began` the same of each column."""

    day: str
    rows: int
    value: float | None
    low: float | None = None
    high: float | None = None
    about: str = ""
    columns: Mapping[str, float] = field(default_factory=dict)
    since: str = ""
    began: Mapping[str, str] = field(default_factory=dict)


def breaches(reading: Reading, rule: Rule, *, above: bool) -> bool | None:
    """Whether the reading is beyond the rule's threshold; None where it says nothing."""
    if reading.rows < rule.minimum_rows or reading.value is None:
        return None
    found = (reading.low if above else reading.high) if rule.sure else reading.value
    if found is None:
        return None
    return found > rule.threshold if above else found < rule.threshold
