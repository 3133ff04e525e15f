"""How drift of a deployment is judged: how seldom an alarm may be false, and from where on a change matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from watchkeeper.monitoring.drift.facets.facet import Region
from watchkeeper.monitoring.errors import PolicyRefused


class Convention(StrEnum):
    """By what a verdict is given: by the evidence, or by conventional limits of the population stability index."""

    EVIDENCE = "evidence"
    PSI = "psi"


@dataclass(frozen=True)
class DriftPolicy:
    """What verdicts and alarms of a deployment keep to.

    Attributes:
        alarm_days: with no drift anywhere, one day in so many has a false verdict, over all that is watched: the
            features and the predictions of both roles, of the day by itself and of the last 7 and 28 days. Global drift
            and a period's verdict follow from these.
        in_a_row: an alarm takes the same column drifted on so many days with rows, one after the other, by themselves
            or in one of the longer windows that they end. Where days in such a window have drifted by themselves, it
            has to be as many too.
        shape, missing, unseen: sizes from which a change matters: of the shape, of the share of missing values, and of
            the share of values that the reference never held.
        lateness_days: rows that come when newer ones than of so many days later have come raise no alarm.
        ahead_hours: rows that lie further ahead of their arrival are a violation, and not profiled.
        judged_by: the evidence, or PSI: from 0.25 on drifted, from 0.1 on immaterial.
    """

    alarm_days: int = 100
    in_a_row: int = 2
    shape: float = 0.02
    missing: float = 0.02
    unseen: float = 0.05
    lateness_days: int = 3
    ahead_hours: int = 1
    judged_by: Convention = Convention.EVIDENCE

    @property
    def alpha(self) -> float:
        """The chance of a false verdict in a window."""
        return 1 / self.alarm_days

    @property
    def floors(self) -> Mapping[Region, float]:
        return {Region.SHAPE: self.shape, Region.MISSING: self.missing, Region.UNSEEN: self.unseen}


USUAL = DriftPolicy()


@dataclass(frozen=True)
class PolicySaid:
    """A policy as somebody set it; `number` grows, and 0 is the one that every deployment starts with."""

    number: int
    policy: DriftPolicy
    since: datetime | None
    set_by: str


STARTING = PolicySaid(0, USUAL, None, "")


class Policies(Protocol):
    def say(self, deployment: str, said: PolicySaid) -> None: ...
    def said(self, deployment: str) -> list[PolicySaid]:
        """All that was ever said, newest first: the first holds."""
        ...


def in_force(said: Sequence[PolicySaid]) -> PolicySaid:
    return said[0] if said else STARTING


LIMITS: Mapping[str, tuple[float, float]] = {
    "alarm_days": (1, 10_000),
    "in_a_row": (1, 31),
    "shape": (0.0, 5.0),
    "missing": (0.0, 5.0),
    "unseen": (0.0, 5.0),
    "lateness_days": (0, 366),
    "ahead_hours": (0, 24 * 366),
}


def known_policy(given: Mapping[str, Any], *, before: DriftPolicy = USUAL) -> DriftPolicy:
    """`before` with what is given. Raise PolicyRefused for what is none."""
    unknown = sorted(set(given) - {*LIMITS, "judged_by"})
    if unknown:
        raise PolicyRefused(
            f"A drift policy has no {', '.join(unknown)}. It has: {', '.join([*LIMITS, 'judged_by'])}.",
            fields=tuple(unknown),
        )
    values = {name: _number(value, name) for name, value in given.items() if name in LIMITS}
    if "judged_by" in given:
        values["judged_by"] = _convention(given["judged_by"])
    return DriftPolicy(**{**vars(before), **values})


def _number(value: Any, name: str) -> Any:
    least, most = LIMITS[name]
    whole = isinstance(least, int)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
    if not fits or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        raise PolicyRefused(f"'{str(value)[:40]}' is no {name}. Give {kind} from {least} to {most}.", fields=(name,))
    return int(value) if whole else float(value)


def _convention(value: Any) -> Convention:
    try:
        return Convention(value)
    except ValueError:
        raise PolicyRefused(
            f"'{str(value)[:40]}' is nothing to judge by. Give evidence or psi.", fields=("judged_by",)
        ) from None
