"""What a period is held against, by name."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from watchkeeper.monitoring.days import PeriodRefused, days_between, moved, refuse_days, spelled_period


class Held(StrEnum):
    """The data that the deployment's first champion learned from (predictions: each model's answers on rows that it was
    not fitted on), the rows that the champion was checked on, the days just before the period, or days of choice."""

    TRAINING = "training"
    HOLD_OUT = "hold-out"
    PREVIOUS = "previous"
    PERIOD = "period"


@dataclass(frozen=True)
class Against:
    """`start` and `end` are the days of the other period, where it is one."""

    name: Held = Held.TRAINING
    start: str | None = None
    end: str | None = None

    @property
    def usual(self) -> bool:
        return self.name is Held.TRAINING

    def over(self, start: str, end: str) -> "Against":
        """Of the period from start to end: the days just before it are known then. Raise PeriodRefused where days of
        choice are days of it too."""
        if self.name is Held.PREVIOUS:
            length = len(days_between(start, end))
            return Against(self.name, moved(start, -length), moved(start, -1))
        if self.start is not None and self.end is not None and self.start <= end and start <= self.end:
            raise PeriodRefused(
                f"{spelled_period(self.start, self.end)} has days of {spelled_period(start, end)} itself. "
                "Hold a period against days that are not in it.",
                fields=("against_start", "against_end"),
            )
        return self


USUAL = Against()


def against_of(name: Held | None, start: date | None, end: date | None) -> Against:
    """Raise PeriodRefused where only one day is given, they are no period, or a name has days beside it."""
    days = start is not None or end is not None
    if not days and name is not Held.PERIOD:
        return Against(name or Held.TRAINING)
    if name not in {None, Held.PERIOD}:
        raise PeriodRefused(
            f"Hold it against {name}, or against days of your choice, not both.",
            fields=("against", "against_start", "against_end"),
        )
    fields = ("against_start", "against_end")
    if start is None or end is None:
        raise PeriodRefused(
            "To hold a period against another one, give the other one's first day and its last.", fields=fields
        )
    refuse_days(start, end, fields=fields)
    return Against(Held.PERIOD, start.isoformat(), end.isoformat())
