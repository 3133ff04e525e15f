"""How often a key may call for predictions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from watchkeeper.access.errors import RateRefused

MOST = 10**9


class Per(StrEnum):
    SECOND = "second"
    MINUTE = "minute"


SECONDS: Mapping[str, int] = {Per.SECOND: 1, Per.MINUTE: 60}


@dataclass(frozen=True)
class Rate:
    """So many calls a second or minute; with `rows`, no more rows than that either."""

    calls: int
    per: str = Per.MINUTE
    rows: int | None = None

    @property
    def seconds(self) -> int:
        return SECONDS[self.per]

    def document(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class RateChange:
    """One time that a key was given another rate, None for none. `key` is the first of its rotations."""

    key: str
    at: datetime
    by: str
    before: Rate | None
    after: Rate | None


def checked_rate(calls: int, *, per: str, rows: int | None) -> Rate:
    """Raise RateRefused."""
    if per not in SECONDS:
        raise RateRefused(f"'{per}' is no stretch of a rate; use one of {', '.join(Per)}.", fields=("rate.per",))
    for name, given in (("calls", calls), ("rows", rows)):
        if given is not None and not 1 <= given <= MOST:
            raise RateRefused(
                f"A rate has from 1 to {MOST:,} {name}; leave it out for a key without any.", fields=(f"rate.{name}",)
            )
    return Rate(calls, per, rows)
