"""Drift of features and of the prediction, by day and over some days, from profiles alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from watchkeeper.monitoring.acceptance import Acceptance, standing
from watchkeeper.monitoring.days import days_between, spelled_period
from watchkeeper.monitoring.drift.measures import MEASURES
from watchkeeper.monitoring.errors import BaselineEmpty
from watchkeeper.monitoring.ports import Counts, JournalPlaces, Sheet, Unit
from watchkeeper.monitoring.references.against import USUAL, Against, Held
from watchkeeper.monitoring.references.rebasing import holding
from watchkeeper.monitoring.references.watching import (
    PREDICTIONS,
    Models,
    Watched,
    baseline,
    importances,
    roles_of,
    watched,
)
from watchkeeper.serving.deployment import Deployment, Role

MEASURE, INDEX = "jensen_shannon", "psi"
NEVER = "0000-00-00"
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Drifted:
    """How far some rows lie from the reference. `overall` is the mean of the features' drift weighted by the model's
    importances; None where there were no rows."""

    rows: int
    overall: float | None
    prediction: float | None
    features: Mapping[str, float | None]
    psi: Mapping[str, float | None]


@dataclass(frozen=True)
class Drift:
    measure: str
    start: str
    end: str
    days: tuple[tuple[str, dict[Role, Drifted]], ...]
    total: dict[Role, Drifted]
    importances: Mapping[Role, Mapping[str, float]]


@dataclass(frozen=True)
class View:
    """What is needed to judge any stretch of days: bins, baselines, importances, and the sheets themselves. `answers`
    are what a model's predictions are held against in a segment; of all rows it is all that was held out."""

    watch: Watched
    baselines: Mapping[Role, Counts]
    importances: Mapping[Role, Mapping[str, float]]
    sheets: Sequence[Sheet]
    models: Models
    in_force: Mapping[Role, str] = field(default_factory=dict)
    accepted: Sequence[Acceptance] = ()
    answers: Callable[[str], Counts] | None = None
    against: Against = USUAL

    def since(self, day: str) -> Self:
        """The same from that day on."""
        return replace(self, sheets=[each for each in self.sheets if each.day >= day])

    def total(self, role: Role) -> tuple[int, Counts]:
        """The rows of the role, and the sum of its sheets; of a column whose drift is accepted, since then."""
        found = [sheet for sheet in self.sheets if sheet.role == role]
        counts = np.zeros(self.watch.size, dtype=np.int64)
        for sheet in found:
            counts += sheet.counts
        for name, acceptance in self.known.items():
            part = self.watch.parts.get(name, slice(self.watch.of_features, None))
            if name in self.watch.parts or name == PREDICTIONS[role]:
                before = [sheet.counts[part] for sheet in found if sheet.day < acceptance.since]
                counts[part] -= np.sum(before, axis=0, dtype=np.int64) if before else 0
        return sum(sheet.rows for sheet in found), counts

    @cached_property
    def known(self) -> Mapping[str, Acceptance]:
        """What is accepted by the last day with rows, by column."""
        return self._known(self.last)

    @cached_property
    def last(self) -> Sequence[str]:
        """The last day with rows, alone; one that never was where none has any."""
        return [max((sheet.day for sheet in self.sheets if sheet.rows), default=NEVER)]

    def references(self, days: Sequence[str]) -> Counts:
        """What the features are held against on each of these days: of shape (days, the features' bins), or of one for
        all."""
        if not self.accepted:
            return self.watch.reference[np.newaxis]
        return self._on(days, self._reference, size=self.watch.of_features)

    def of_predictions(self, role: Role, days: Sequence[str]) -> Counts | None:
        """The same of the role's prediction; None where nothing answers in it."""
        usual, name = self.baselines.get(role), PREDICTIONS[role]
        if usual is None or not self.accepted:
            return usual

        def of(known: Mapping[str, Acceptance]) -> Counts:
            return known[name].columns[name].counts if name in known else usual

        return self._on(days, of, size=usual.size)

    def _reference(self, known: Mapping[str, Acceptance]) -> Counts:
        found = self.watch.reference.copy()
        for name, acceptance in known.items():
            if name in self.watch.parts:
                found[self.watch.parts[name]] = acceptance.columns[name].counts
        return found

    def _on(self, days: Sequence[str], of: Callable[[Mapping[str, Acceptance]], Counts], *, size: int) -> Counts:
        """Of shape (days, size), from what is known on each: made once where nothing more has begun."""
        begun = [sum(each.since <= day for each in self.accepted) for day in days]
        made = {number: of(self._known([day])) for number, day in dict(zip(begun, days, strict=True)).items()}
        return np.array([made[number] for number in begun], dtype=np.int64).reshape(len(days), size)

    def _known(self, days: Sequence[str]) -> Mapping[str, Acceptance]:
        return holding(days, {PREDICTIONS[role]: model for role, model in self.in_force.items()}, self.accepted)


def view(deployment: Deployment, *, start: str, end: str, work: Unit, places: JournalPlaces) -> View:
    watch = watched(deployment, work=work, places=places)
    in_force, models = roles_of(deployment, work=work), models_of(deployment, work=work)
    return View(
        watch=watch,
        baselines={
            role: baseline(deployment, model, watch=watch, work=work, places=places) for role, model in in_force.items()
        },
        importances={role: importances(model, work=work) for role, model in in_force.items()},
        sheets=added_up(work.watch.sheets(deployment.id, start=start, end=end), models),
        models=models,
        in_force=in_force,
        accepted=standing(work.acceptances.all(deployment.id), bin_sets=watch.number),
    )


def held_against_hold_out(of: View, features: Counts) -> View:
    """The rows that the champion was checked on in the place of the features' reference. Predictions are held against
    each model's answers on such rows as ever."""
    return replace(of, watch=replace(of.watch, instead=features), accepted=(), against=Against(Held.HOLD_OUT))


def held_against(of: View, other: View, *, against: Against) -> View:
    """Another period in the place of the reference: of the features its rows, of each role's prediction what it
    answered then, with whatever model. Raise BaselineEmpty where it has no rows."""
    other = replace(other, accepted=())
    rows, features = other.total(Role.CHAMPION)
    if not rows:
        raise BaselineEmpty(
            f"There are no rows of {_days(against)} to hold anything against. Give days that have rows, or a name: "
            "training or hold-out.",
            fields=("against", "against_start", "against_end"),
        )
    return replace(
        of,
        watch=replace(of.watch, instead=features[: of.watch.of_features]),
        baselines={role: of.watch.of_prediction(other.total(role)[1]) for role in of.baselines},
        accepted=(),
        against=against,
    )


def _days(against: Against) -> str:
    return spelled_period(against.start, against.end) if against.start and against.end else "these days"


def models_of(deployment: Deployment, *, work: Unit) -> Models:
    """Which model each release has in each role."""
    releases = work.deployments.releases(deployment.id)
    return {(release.number, role): release.model(role) for release in releases for role in Role}


def added_up(sheets: Iterable[Sheet], models: Models) -> list[Sheet]:
    """One for each day, role and model, whatever the number of its releases, under the newest of them."""
    found: dict[tuple[str, str, str | None], Sheet] = {}
    for each in sheets:
        key = each.day, each.role, models.get((each.release, each.role))
        before = found.get(key)
        found[key] = (
            each
            if before is None
            else replace(
                each,
                release=max(before.release, each.release),
                rows=before.rows + each.rows,
                counts=before.counts + each.counts,
                late=before.late + each.late,
            )
        )
    return list(found.values())


def drift(of: View, *, start: str, end: str) -> Drift:
    """Each day from start to end, also those without rows, and the whole. The challenger sees the champion's rows, so
    the features' drift is one; its weights, its predictions and its rows are its own."""
    present = sorted({sheet.day for sheet in of.sheets})
    whole = {role: tuple(np.asarray(part)[np.newaxis] for part in of.total(role)) for role in Role}
    by_day = {role: _by_day(of, role, present) for role in Role}
    found = dict(zip(present, _drifted(of, by_day, present, with_index=False), strict=True))
    nothing = _nothing(of.watch)
    return Drift(
        measure=MEASURE,
        start=start,
        end=end,
        days=tuple((day, found.get(day, nothing)) for day in days_between(start, end)),
        total=_drifted(of, whole, of.last, with_index=True)[0],
        importances=of.importances,
    )


def _by_day(of: View, role: Role, days: Sequence[str]) -> tuple[Counts, Counts]:
    """Rows of shape (days,) and counts of shape (days, bins)."""
    place = {day: number for number, day in enumerate(days)}
    rows, counts = np.zeros(len(days), dtype=np.int64), np.zeros((len(days), of.watch.size), dtype=np.int64)
    for sheet in of.sheets:
        if sheet.role == role:
            rows[place[sheet.day]] += sheet.rows
            counts[place[sheet.day]] += sheet.counts
    return rows, counts


def _drifted(
    of: View, seen: Mapping[Role, tuple[Counts, ...]], days: Sequence[str], *, with_index: bool
) -> list[dict[Role, Drifted]]:
    """One for each of the first axis of what was seen by role: (rows, counts); `days` are the last day of each."""
    sides = grouped(of.watch, of.references(days), seen[Role.CHAMPION][1])
    features = measured(of.watch, *sides, measure=MEASURE)
    index = measured(of.watch, *sides, measure=INDEX) if with_index else None
    named = [dict(zip(of.watch.names, values, strict=True)) for values in known(features)]
    none: dict[str, float | None] = {}
    indices = (
        [none] * len(named) if index is None else [dict(zip(of.watch.names, v, strict=True)) for v in known(index)]
    )
    overall = {role: known(weighted_mean(features, _weights(of, role))) for role in Role}
    prediction = {role: known(_of_prediction(of, role, seen[role][1], days)) for role in Role}
    return [
        {
            role: Drifted(
                rows=int(seen[role][0][place]),
                overall=overall[role][place] if seen[role][0][place] else None,
                prediction=prediction[role][place],
                features=named[place],
                psi=indices[place],
            )
            for role in Role
        }
        for place in range(len(named))
    ]


def features_drift(watch: Watched, counts: Counts, *, measure: str, references: Counts | None = None) -> Values:
    """Of shape (..., features) from counts of shape (..., bins) of whole sheets; NaN where there were no rows. From the
    reference, or from those given, of shape (..., the features' bins)."""
    references = watch.reference if references is None else references
    return measured(watch, *grouped(watch, references, counts), measure=measure)


def grouped(watch: Watched, references: Counts, counts: Counts) -> tuple[Counts, Counts]:
    """Both sides in the features' groups; `counts` are of whole sheets."""
    before, now = (watch.grouping.count(side) for side in (references, counts[..., : watch.of_features]))
    return before.astype(np.int64, copy=False), now.astype(np.int64, copy=False)


def measured(watch: Watched, before: Counts, now: Counts, *, measure: str) -> Values:
    """Of shape (..., features) from both sides in groups; NaN where there were no rows."""
    if not watch.features:
        return np.zeros((*now.shape[:-1], 0))
    return MEASURES[measure].of_columns(before, now, watch.grouping.columns)


def prediction_drift(watch: Watched, reference: Counts, counts: Counts) -> Values:
    """Of shape (...) from counts of shape (..., bins) of whole sheets; NaN where there were no rows."""
    grouping = watch.prediction_grouping
    before, now = grouping.count(reference), grouping.count(watch.of_prediction(counts))
    found: Values = MEASURES[MEASURE].of_columns(before, now, grouping.columns)[..., 0]
    return found


def weighted_mean(drifts: Values, weights: Values) -> Values:
    """The mean over features that have a drift; plain where the weights say nothing about them; NaN without any."""
    known = ~np.isnan(drifts)
    weight = np.where(known, weights, 0.0)
    silent = weight.sum(axis=-1, keepdims=True) <= 0
    weight = np.where(silent, known, weight)
    total = weight.sum(axis=-1)
    sums = (np.where(known, drifts, 0.0) * weight).sum(axis=-1)
    found: Values = np.divide(sums, total, out=np.full(total.shape, np.nan), where=total > 0)
    return found


def _nothing(watch: Watched) -> dict[Role, Drifted]:
    """A day without rows."""
    features: dict[str, float | None] = dict.fromkeys(watch.names)
    return {role: Drifted(rows=0, overall=None, prediction=None, features=features, psi={}) for role in Role}


def _weights(of: View, role: Role) -> Values:
    weights = of.importances.get(role, {})
    return np.array([weights.get(name, 0.0) for name in of.watch.names])


def _of_prediction(of: View, role: Role, counts: Counts, days: Sequence[str]) -> Values:
    reference = of.of_predictions(role, days)
    return np.full(len(counts), np.nan) if reference is None else prediction_drift(of.watch, reference, counts)


def known(values: Values) -> list[Any]:
    """As plain lists, with None in the place of NaN."""
    plain = values.astype(object)
    plain[np.isnan(values)] = None
    found: list[Any] = plain.tolist()
    return found
