"""Which calls the challenger answers: a share, the same callers' always, growing by stages where there are some."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from watchkeeper.serving.errors import BadShare, BadSplit
from watchkeeper.serving.sampling import points

MOST_STAGES = 20
LATEST = 366 * 86_400.0
LONGEST_COLUMN = 200
LARGEST_KEY = 2.0**1000
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
TIME = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([smhd])\s*")
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@dataclass(frozen=True)
class Stage:
    """`share` from `after` seconds on."""

    after: float
    share: float


@dataclass(frozen=True)
class Split:
    """`share` of the calls at first, then that of the newest stage reached since `begun`.

    Attributes:
        column: by the value of which column of the row callers are told apart.
        header: by which header of the call; without either, each call is drawn for itself, by its row's id.
        begun: when the release was made that set it; later releases that keep it don't begin it anew.
    """

    share: float
    column: str | None = None
    header: str | None = None
    ramp: tuple[Stage, ...] = ()
    begun: datetime | None = field(default=None, compare=False)

    def share_at(self, moment: datetime) -> float:
        gone = (moment - self.begun).total_seconds() if self.begun else 0.0
        reached = [stage.share for stage in self.ramp if stage.after <= gone]
        return reached[-1] if reached else self.share

    def drawn(self, keys: Sequence[str], *, deployment: str, moment: datetime) -> list[bool]:
        """Whether the challenger answers, for each key. Who is drawn once stays drawn while the share grows."""
        share = self.share_at(moment)
        return [each < share for each in points(keys, deployment=deployment, draw="split")]

    def anew(self) -> Self:
        """To begin with the release that sets it."""
        return replace(self, begun=None)

    @property
    def header_sent(self) -> bytes:
        """As a server reads its name."""
        return (self.header or "").lower().encode()

    @property
    def sentence(self) -> str:
        by = f", by {self.column}" if self.column else f", by the header {self.header}" if self.header else ""
        later = ", ".join(f"{percent(stage.share)} after {spelled(stage.after)}" for stage in self.ramp)
        return f"{percent(self.share)} of calls{by}, answered by the challenger{f'; {later}' if later else ''}"

    def to_json(self) -> dict[str, Any]:
        return {
            "share": self.share,
            "column": self.column,
            "header": self.header,
            "ramp": [{"after": stage.after, "share": stage.share} for stage in self.ramp],
            "begun": self.begun.isoformat() if self.begun else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        ramp = tuple(Stage(each["after"], each["share"]) for each in kept["ramp"])
        begun = datetime.fromisoformat(kept["begun"]) if kept["begun"] else None
        return cls(kept["share"], kept["column"], kept["header"], ramp, begun)


def known_split(wanted: Mapping[str, Any] | None) -> Split | None:
    """Raise BadSplit or BadShare."""
    if wanted is None:
        return None
    column, header = wanted.get("column") or None, wanted.get("header") or None
    if column and header:
        raise BadSplit(
            "Callers are told apart by a column or by a header, not by both; leave one out.", fields=("split.header",)
        )
    if header and not HEADER.fullmatch(header):
        raise BadSplit(f"'{header[:100]}' is no name of a header, such as X-Customer.", fields=("split.header",))
    if column and len(column) > LONGEST_COLUMN:
        raise BadSplit(f"A column's name has at most {LONGEST_COLUMN} characters.", fields=("split.column",))
    first = known_share(wanted.get("share") or 0.0, field="split.share")
    return Split(first, column, header, _ramp(first, wanted.get("ramp") or ()))


def known_share(value: float, *, field: str) -> float:
    if not 0 < value <= 1:
        raise BadShare(f"{value:g} is no share; choose more than 0 and at most 1 (0.2 is a fifth).", fields=(field,))
    return float(value)


def key_of(value: object) -> str | None:
    """A value by which callers are told apart, alike however it was sent (17, 17.0, "17"); None where it says
    nobody."""
    match value:
        case bool():
            return str(value).lower()
        case float() if not math.isfinite(value):
            return None
        case int() | float() if abs(value) < LARGEST_KEY:
            return str(int(value)) if value == int(value) else repr(value)
        case str():
            return value or None
    return None


def percent(share: float) -> str:
    return f"{100 * share:.6g} %"


def spelled(seconds: float) -> str:
    text = short(seconds)
    return f"{text[:-1]} {'min' if text[-1] == 'm' else text[-1]}"


def short(seconds: float) -> str:
    """As it is written for a stage."""
    unit = next((unit for unit, size in UNITS.items() if seconds >= size and seconds % size == 0), "s")
    return f"{seconds / UNITS[unit]:g}{unit}"


def _ramp(first: float, wanted: Sequence[Mapping[str, Any]]) -> tuple[Stage, ...]:
    if len(wanted) > MOST_STAGES:
        raise BadSplit(f"A ramp has at most {MOST_STAGES} stages.", fields=("split.ramp",))
    stages = [Stage(_seconds(each["after"]), known_share(each["share"], field="split.ramp")) for each in wanted]
    reached = Stage(0.0, first)
    for stage in stages:
        if stage.after <= reached.after or stage.share <= reached.share:
            raise BadSplit(
                "Each stage of a ramp comes later than the one before it, with a larger share.", fields=("split.ramp",)
            )
        reached = stage
    return tuple(stages)


def _seconds(given: float | str) -> float:
    found = TIME.fullmatch(given) if isinstance(given, str) else None
    seconds = float(found[1]) * UNITS[found[2]] if found else given
    if not isinstance(seconds, int | float) or not 0 < seconds <= LATEST:
        raise BadSplit("A stage begins after a time such as 90s, 30m, 6h or 2d, within a year.", fields=("split.ramp",))
    return float(seconds)
