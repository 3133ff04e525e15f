"""Has the truth drifted, as far as it has come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.verdicts import Effect
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class LabelDay:
    """A day by the predictions that its labels are of: `labelled` of its `rows` have one."""

    day: date
    verdict: str
    sentence: str
    rows: int
    labelled: int
    effect: Effect
    p_value: float | None


@dataclass(frozen=True, repr=False)
class LabelDrift(Tabular):
    """Labels against those of the rows that the first champion was not fitted on: of the period, and of each of its
    days. Judged from what has come, each time that it is asked for: "not enough data" until half of the rows have a
    label, or four weeks have passed."""

    verdict: str
    sentence: str
    rows: int
    labelled: int
    effect: Effect
    p_value: float | None
    days: tuple[LabelDay, ...]

    def __iter__(self) -> Iterator[LabelDay]:
        return iter(self.days)

    def __len__(self) -> int:
        return len(self.days)

    def records(self) -> Sequence[Mapping[str, Any]]:
        """A row a day."""
        return [
            {
                **{name: value for name, value in vars(each).items() if name != "effect"},
                "effect": each.effect.estimate,
                "effect_low": each.effect.low,
                "effect_high": each.effect.high,
            }
            for each in self.days
        ]


def read_label_drift(said: Mapping[str, Any] | None) -> LabelDrift | None:
    if said is None:
        return None
    days = tuple(LabelDay(day=day(each["day"]), **_numbers(each)) for each in said["days"])
    return LabelDrift(**_numbers(said), days=days)


def _numbers(said: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: said[name] for name in ("verdict", "sentence", "rows", "labelled", "p_value")}
    return {**plain, "effect": Effect(said["effect"], said["low"], said["high"])}
