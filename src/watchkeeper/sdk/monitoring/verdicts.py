"""The verdict on each feature, and on each role's prediction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.acceptance import Acceptance, read_acceptance
from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.monitoring.chart import Chart
from watchkeeper.sdk.monitoring.naming import named
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import NOTHING, Tabular


@dataclass(frozen=True)
class Effect:
    """The size of a change, about the population stability index less what chance makes of that; `low` to `high` hold
    it with 90 %. None where nothing is known."""

    estimate: float | None
    low: float | None
    high: float | None

    def __str__(self) -> str:
        """`0.315 (0.226 to 0.404)`."""
        if self.estimate is None:
            return NOTHING
        return f"{self.estimate:.3f} ({self.low or 0:.3f} to {NOTHING if self.high is None else f'{self.high:.3f}'})"


@dataclass(frozen=True)
class ColumnVerdict:
    """What is said of one column.

    Attributes:
        name: a feature's, or `prediction of the champion`.
        of: `feature` or `prediction`.
        role: whose prediction it is.
        verdict: "drifted", "immaterial" (changed, but too little to matter), "stable" or "not enough data".
        sentence: the same in words, with its numbers.
        p_value: of the column by itself.
        adjusted_p: over all that is watched in this period.
        q_value: the share of false ones among the columns that are as suspicious.
        rows: missing values included.
        effective_rows: how many independent rows they are worth.
        smallest_visible: a shift of this size, of levels any change of it, would have been seen four times in five.
        rows_enough: so many rows would be enough for a verdict; None where no number would be.
        psi: the population stability index, for those who go by it.
        baseline: what of its reference it is held against: "season" or "whole".
        reasons: what the verdict rests on.
        changed_level: the level whose share changed, where that is a reason.
        since: the first of the days, one after the other up to the last with rows, on which it has drifted, by the day
            itself or by the 7 or 28 days that it ends.
        days_drifted: on how many days of the period it has.
        accepted: by what it is held instead of the reference, where its drift is known.
    """

    name: str
    kind: str
    of: str
    role: str | None
    verdict: str
    sentence: str
    effect: Effect
    p_value: float
    adjusted_p: float
    q_value: float
    rows: int
    effective_rows: float
    smallest_visible: float | None
    rows_enough: int | None
    psi: float | None
    baseline: str
    reasons: tuple[str, ...]
    changed_level: str | None
    since: date | None
    days_drifted: int
    accepted: Acceptance | None = None


@dataclass(frozen=True, repr=False)
class Columns(Tabular):
    """Verdicts by name, the most concerning first."""

    of: Mapping[str, ColumnVerdict]

    def __getitem__(self, name: str) -> ColumnVerdict:
        """Raises KeyError, with the names there are."""
        return named(self.of, name, what="column")

    def __iter__(self) -> Iterator[ColumnVerdict]:
        return iter(self.of.values())

    def __len__(self) -> int:
        return len(self.of)

    def as_read(self) -> Sequence[Mapping[str, Any]]:
        return [
            {"column": each.name, "verdict": each.verdict, "size": each.effect, "since": each.since, "rows": each.rows}
            for each in self
        ]

    def records(self) -> Sequence[Mapping[str, Any]]:
        """A row a column."""
        return [
            {
                **{name: value for name, value in vars(each).items() if name not in {"effect", "reasons", "accepted"}},
                "effect": each.effect.estimate,
                "effect_low": each.effect.low,
                "effect_high": each.effect.high,
                "reasons": ", ".join(each.reasons),
                "accepted": each.accepted.sentence if each.accepted else None,
            }
            for each in self
        ]


@dataclass(frozen=True, repr=False)
class ColumnDays(Tabular):
    """Verdicts by day and column, as they were issued."""

    columns: tuple[str, ...]
    days: tuple[date, ...]
    document: Mapping[str, Any] = field(compare=False)
    asked: Asked = field(compare=False)
    only: tuple[str, ...] = ()

    def chart(self) -> Chart:
        """Verdicts over time, a lane a column: those that were asked for, or the dozen that have drifted most often."""
        return Chart(self.asked.get("drift/days/chart", column=self.only))

    def records(self) -> Sequence[Mapping[str, Any]]:
        """A row a day and column; those that had no rows that day are left out."""
        said = self.document
        numbers = [name for name in said if name not in {"columns", "days"}]
        return [
            {
                "day": self.days[place],
                "column": column,
                "revision": of["revision"],
                **{name: said[name][place][number] for name in numbers},
            }
            for place, of in enumerate(said["days"])
            for number, column in enumerate(self.columns)
            if said["verdict"][place][number] is not None
        ]

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_columns(said: Sequence[Mapping[str, Any]]) -> Columns:
    return Columns({each["name"]: _column(each) for each in said})


def read_column_days(asked: Asked, columns: Sequence[str]) -> ColumnDays:
    said = asked.get("drift/days", column=columns)
    return ColumnDays(
        tuple(said["columns"]), tuple(day(each["day"]) for each in said["days"]), said, asked, tuple(columns)
    )


def _column(said: Mapping[str, Any]) -> ColumnVerdict:
    made = {"effect", "low", "high", "reasons", "accepted"}
    plain = {name: value for name, value in said.items() if name not in made}
    effect = Effect(said["effect"], said["low"], said["high"])
    since = day(said["since"]) if said["since"] else None
    known = read_acceptance(said["accepted"]) if said.get("accepted") else None
    return ColumnVerdict(**{**plain, "since": since}, effect=effect, reasons=tuple(said["reasons"]), accepted=known)
