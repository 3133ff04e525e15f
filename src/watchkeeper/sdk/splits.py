"""Which calls a challenger answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from watchkeeper.sdk.reading import known_moment


class Unchanged(Enum):
    """What is not said stays as it is."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True)
class Split:
    """The challenger answers a share of the calls; the other model answers them unseen, so that both can be compared.

    Attributes:
        share: of the calls, above 0 and at most 1.
        column: tell callers apart by the value of this column of the row: one customer is always answered by the same
            model.
        header: tell them apart by this header of the call instead, such as `X-Customer`.
        ramp: how the share grows: after how long (`"30m"`, `"6h"`, seconds, a timedelta) it is what.
        begun: when the ramp began.
        sentence: all of it in words.

    Example:
        >>> Split(0.05, column="customer", ramp={"1h": 0.25, "6h": 1.0}).share
        0.05
    """

    share: float
    column: str | None = None
    header: str | None = None
    ramp: Mapping[str | float | timedelta, float] = field(default_factory=dict)
    begun: datetime | None = None
    sentence: str = ""

    def to_json(self) -> dict[str, Any]:
        """As the API takes it."""
        ramp = [{"after": _after(after), "share": share} for after, share in self.ramp.items()]
        return {"share": self.share, "column": self.column, "header": self.header, "ramp": ramp}


def spelled_split(split: Split | float | Unchanged | None) -> dict[str, Any]:
    """As the API takes it among settings; nothing where it stays as it is."""
    if isinstance(split, Unchanged):
        return {}
    wanted = split if isinstance(split, Split) or split is None else Split(split)
    return {"split": wanted.to_json() if wanted else None}


def read_split(said: Mapping[str, Any] | None) -> Split | None:
    if not said:
        return None
    ramp: dict[str | float | timedelta, float] = {each["after"]: each["share"] for each in said["ramp"]}
    return Split(said["share"], said["column"], said["header"], ramp, known_moment(said["begun"]), said["sentence"])


def _after(after: str | float | timedelta) -> str | float:
    return after.total_seconds() if isinstance(after, timedelta) else after
