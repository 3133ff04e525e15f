"""Drift: verdicts of a period and of its days, and distances of all features together, the prediction, each feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.sdk.monitoring.asking import ROLES, Asked
from watchkeeper.sdk.monitoring.chart import Chart
from watchkeeper.sdk.monitoring.label_drift import LabelDrift, read_label_drift
from watchkeeper.sdk.monitoring.multivariate import Multivariate, read_multivariate
from watchkeeper.sdk.monitoring.verdicts import ColumnDays, Columns, Effect, read_column_days, read_columns
from watchkeeper.sdk.reading import day
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True)
class GlobalDrift:
    """All features together, each weighing as much as the role's model holds it important.

    Attributes:
        verdict: "drifted" only where a feature that weighs anything is; no test of its own is spent on it.
        effect: the mean size, less what chance makes of it.
        p_value: of any feature that weighs anything.
        mostly: the features that make up the most of it, at most three.
    """

    verdict: str
    sentence: str
    effect: Effect
    p_value: float
    mostly: tuple[str, ...]


@dataclass(frozen=True)
class Drifted:
    """How far production is from the reference; distances go from 0 (the same) to 1, and are None without rows. A
    distance is larger with few rows even where nothing has moved; the size of global drift is not.

    Attributes:
        rows: how many rows were seen.
        distance: the mean of the features' distances, weighted by the model's importances.
        prediction: of the model's own answers.
        features: of each feature.
        psi: each feature's population stability index, over a whole period only.
        global_drift: the size of the whole with its interval, and its verdict; None before the day was judged.
    """

    rows: int
    distance: float | None
    prediction: float | None
    features: Mapping[str, float | None]
    psi: Mapping[str, float | None] = field(default_factory=dict)
    global_drift: GlobalDrift | None = None


@dataclass(frozen=True)
class Window:
    """The verdict on so many days, of which this one is the last."""

    days: int
    verdict: str | None
    drifted: tuple[str, ...]


@dataclass(frozen=True)
class DriftDay:
    """A day, and the verdict on it as it was issued.

    Attributes:
        verdict: of all that is watched; None before the day was judged, and without rows.
        drifted: the names of what has drifted.
        revision: 0 while the day is not over, then 1, and one more each time that rows have come since.
        late_rows: how many came beyond the policy's limit.
        windows: the verdicts on the last 7 and 28 days, once the day is over.
    """

    day: date
    champion: Drifted
    challenger: Drifted | None
    verdict: str | None
    drifted: tuple[str, ...]
    revision: int | None
    late_rows: int
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, repr=False)
class Drift(Tabular):
    """Has it drifted, champion beside challenger: over the period, and day by day.

    Attributes:
        verdict: of the period, over all that is watched: "drifted" where any column has; None without rows.
        columns: the verdict on each feature and on each role's prediction, by name, the most concerning first.
        multivariate: whether rows of the last days can be told from the reference's by all columns together.
        baseline: what of the reference the features are held against: "season" or "whole".
        labels: whether the truth has drifted, as far as it has come; None before any label has been counted.
        independence: what is taken for granted of the rows, in a sentence.
        days_waiting: how many days are yet to be judged, or judged again, by what is known by now.
        policy: what the verdicts keep to.
        measure: how it is measured.
        start: the first day.
        end: the last day, included.
        days: each day.
        total: the whole period, by role.
        importances: the weights of the features, by role.
        segment: whose rows these are; None for all.
        note: what a segment is held against, in words; empty for all rows.
    """

    verdict: str | None
    columns: Columns
    multivariate: Multivariate
    labels: LabelDrift | None
    baseline: str
    independence: str
    days_waiting: int
    policy: Mapping[str, Any]
    measure: str
    start: date
    end: date
    days: tuple[DriftDay, ...]
    total: Mapping[str, Drifted]
    importances: Mapping[str, Mapping[str, float]]
    segment: str | None
    note: str
    document: Mapping[str, Any] = field(compare=False)
    asked: Asked = field(compare=False)

    @property
    def drifted(self) -> tuple[str, ...]:
        """Exactly the names whose verdict is "drifted"."""
        return tuple(each.name for each in self.columns if each.verdict == "drifted")

    def by_day(self, *columns: str) -> ColumnDays:
        """The verdicts of each day as they were issued, with all their numbers; of these columns, or of all."""
        return read_column_days(self.asked, columns)

    def as_read(self) -> Sequence[Mapping[str, Any]]:
        """By day; windows say what has drifted in them where the day by itself has not."""
        return [
            {
                "day": each.day,
                "rows": each.champion.rows,
                "verdict": each.verdict,
                "drifted": ", ".join(_drifted_on(each)),
                "global drift": each.champion.global_drift.effect if each.champion.global_drift else None,
            }
            for each in self.days
        ]

    def records(self) -> Sequence[Mapping[str, Any]]:
        """A row a day and role; a feature's column is called `feature.` and its name."""
        return [
            {
                "day": each.day,
                "role": role,
                "verdict": each.verdict,
                "rows": drifted.rows,
                "distance": drifted.distance,
                **_global_numbers(drifted.global_drift),
                "prediction": drifted.prediction,
                **{f"feature.{name}": value for name, value in drifted.features.items()},
            }
            for each in self.days
            for role in ROLES
            if (drifted := getattr(each, role)) is not None
        ]

    def chart(self) -> Chart:
        """Global drift by day of champion and challenger, with its interval, as a chart."""
        return Chart(self.asked.get("drift/chart"))

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_drift(asked: Asked) -> Drift:
    said = asked.get("drift")
    part = said.get("segment") or {"segment": None, "sentence": ""}
    days = tuple(
        DriftDay(
            day=day(each["day"]),
            champion=_drifted(each["champion"]),
            challenger=_drifted(each["challenger"]) if each.get("challenger") else None,
            verdict=each["verdict"],
            drifted=tuple(each["drifted"]),
            revision=each["revision"],
            late_rows=each["late_rows"],
            windows=tuple(Window(of["days"], of["verdict"], tuple(of["drifted"])) for of in each["windows"]),
        )
        for each in said["days"]
    )
    return Drift(
        verdict=said["verdict"],
        columns=read_columns(said["columns"]),
        multivariate=read_multivariate(said["multivariate"], asked),
        labels=read_label_drift(said["labels"]),
        baseline=said["baseline"],
        independence=said["independence"],
        days_waiting=said["days_waiting"],
        policy=dict(said["policy"]),
        measure=said["measure"],
        start=day(said["start"]),
        end=day(said["end"]),
        days=days,
        total={role: _drifted(said["total"][role]) for role in ROLES if said["total"].get(role)},
        importances={role: dict(weights or {}) for role, weights in (said.get("importances") or {}).items()},
        segment=part["segment"],
        note=part["sentence"],
        document=said,
        asked=asked,
    )


def _drifted_on(day: DriftDay) -> list[str]:
    """Each once, by the shortest window that ends on the day: `size`, `town (in 7 days)`."""
    found = {name: name for name in day.drifted}
    for window in sorted(day.windows, key=lambda each: each.days):
        for name in window.drifted:
            found.setdefault(name, f"{name} (in {window.days} days)")
    return list(found.values())


def _drifted(said: Mapping[str, Any]) -> Drifted:
    return Drifted(
        rows=said["rows"],
        distance=said.get("distance"),
        prediction=said.get("prediction"),
        features=dict(said.get("features") or {}),
        psi=dict(said.get("psi") or {}),
        global_drift=_global(said["global_drift"]) if said.get("global_drift") else None,
    )


def _global(said: Mapping[str, Any]) -> GlobalDrift:
    effect = Effect(said["effect"], said["low"], said["high"])
    return GlobalDrift(said["verdict"], said["sentence"], effect, said["p_value"], tuple(said["mostly"]))


def _global_numbers(of: GlobalDrift | None) -> dict[str, Any]:
    return {
        "global_verdict": of.verdict if of else None,
        "global_effect": of.effect.estimate if of else None,
        "global_effect_low": of.effect.low if of else None,
        "global_effect_high": of.effect.high if of else None,
    }
