"""Counts of some windows of a deployment, and the verdicts on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from watchkeeper.monitoring.drift import family
from watchkeeper.monitoring.drift.columns import Lined
from watchkeeper.monitoring.drift.dependence import Dependence
from watchkeeper.monitoring.drift.facets import OF_LEVELS, OF_NUMBERS
from watchkeeper.monitoring.drift.grouped import Grouping
from watchkeeper.monitoring.drift.measures import MEASURES
from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import NO_ROWS, Part, Records, judge_windows
from watchkeeper.monitoring.policy import Convention, DriftPolicy
from watchkeeper.monitoring.ports import Counts, Sheet
from watchkeeper.monitoring.watching import Watched
from watchkeeper.serving.deployment import Role

PSI_DRIFTED, PSI_MODERATE = 0.25, 0.1
"""Siddiqi, "Credit Risk Scorecards" (2006), chapter 9."""
Models = Mapping[tuple[int, str], str | None]
"""Which model each release has in each role."""


@dataclass(frozen=True)
class Windows:
    """Counts of some windows.

    Attributes:
        features: of shape (windows, the features' bins).
        references: what these are held against, of the same shape; or of one window, where it is the same for all.
        models: whose predictions are judged, by role and window; None where the role has no rows.
        predictions: of shape (roles, windows, the prediction's bins).
        baselines: what each is held against, of the same shape.
        others: of shape (windows, columns), which are held against other rows than the reference's; None where none is.
    """

    features: Counts
    references: Counts
    models: tuple[tuple[str | None, ...], ...]
    predictions: Counts
    baselines: Counts
    others: Flags | None = None


@dataclass(frozen=True)
class Evidence:
    """By what windows of so many days are judged: the policy, and how alike the rows of the references are."""

    policy: DriftPolicy
    features: Dependence
    predictions: Mapping[str, Dependence]


def windows_of(
    groups: Sequence[Sequence[Sheet]], models: Models, *, watch: Watched, baseline: Callable[[str], Counts]
) -> Windows:
    """One a group of sheets. Predictions are those of the role's newest model alone: another's are another
    distribution."""
    features = np.zeros((len(groups), watch.of_features), dtype=np.int64)
    shape = (len(Role), len(groups), watch.prediction.size)
    predictions, baselines = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    newest: list[tuple[str | None, ...]] = []
    for place, role in enumerate(Role):
        mine = [[sheet for sheet in group if sheet.role == role and sheet.rows] for group in groups]
        newest.append(tuple(_newest(sheets, models) for sheets in mine))
        for number, (sheets, model) in enumerate(zip(mine, newest[-1], strict=True)):
            for sheet in sheets:
                if role is Role.CHAMPION:
                    features[number] += sheet.counts[: watch.of_features]
                if models.get((sheet.release, role)) == model:
                    predictions[place, number] += watch.of_prediction(sheet.counts)
            if model is not None:
                baselines[place, number] = baseline(model)
    return Windows(features, watch.reference[np.newaxis], tuple(newest), predictions, baselines)


def _newest(sheets: Sequence[Sheet], models: Models) -> str | None:
    return models.get((max(sheet.release for sheet in sheets), sheets[0].role)) if sheets else None


def judge(windows: Windows, *, watch: Watched, evidence: Evidence, days: int) -> Records:
    """Of shape (windows, columns): the features, then the prediction of champion and challenger."""
    shape = (len(windows.features), len(watch.features) + len(Role))
    policy = evidence.policy
    parts = [
        *_features(windows, watch, evidence, days=days, columns=shape[1]),
        *_predictions(windows, watch, evidence, days=days, columns=shape[1]),
    ]
    found = judge_windows(parts, shape, alpha=policy.alpha, floors=policy.floors)
    return found if policy.judged_by is Convention.EVIDENCE else _by_convention(found)


def _features(windows: Windows, watch: Watched, evidence: Evidence, *, days: int, columns: int) -> Sequence[Part]:
    if not watch.features:
        return []
    reaching = [_reaching(each.layout.roles().ordered, columns, evidence) for each in watch.features]
    effects = evidence.features.effects(len(watch.features), days=days, p_values=reaching)
    psi = _psi(watch.grouping, windows.references, windows.features)
    lined = [
        _seen(each, _others(windows, watch)[each.windows, each.columns])
        for each in watch.lining.sides(windows.references, windows.features)
    ]
    return [Part(each, each.columns, effects[each.columns], psi[each.windows, each.columns]) for each in lined]


def _predictions(windows: Windows, watch: Watched, evidence: Evidence, *, days: int, columns: int) -> Sequence[Part]:
    before, now = (counts.reshape(-1, watch.prediction.size) for counts in (windows.baselines, windows.predictions))
    reaching = [_reaching(watch.prediction.layout.roles().ordered, columns, evidence)]
    by_model = {
        model: float(of.effects(1, days=days, p_values=reaching)[0]) for model, of in evidence.predictions.items()
    }
    effects = np.array([by_model.get(model or "", 1.0) for models in windows.models for model in models])
    (lined,) = watch.prediction_lining.sides(before, now)
    roles, numbers = np.divmod(lined.windows, len(windows.features))
    lined = _seen(lined, _others(windows, watch)[numbers, columns - len(Role) + roles])
    psi = _psi(watch.prediction_grouping, before, now)[:, 0]
    return [Part(Lined(lined.sides, lined.columns, numbers), columns - len(Role) + roles, effects, psi)]


def _others(windows: Windows, watch: Watched) -> Flags:
    if windows.others is not None:
        return windows.others
    shape = len(windows.features), len(watch.features) + len(Role)
    return np.full(shape, watch.instead is not None)


def _seen(lined: Lined, others: Flags) -> Lined:
    """No bin is empty by construction for other rows than the reference."""
    if not others.any():
        return lined
    return replace(lined, sides=replace(lined.sides, unseen=lined.sides.unseen & ~others[:, np.newaxis]))


def _reaching(ordered: bool, columns: int, evidence: Evidence) -> float:
    """The p-value that the first of the facets has to reach."""
    facets = OF_NUMBERS if ordered else OF_LEVELS
    return family.first_threshold(columns, evidence.policy.alpha) * facets[0].weight


def _psi(grouping: Grouping, reference: Counts, counts: Counts) -> Floats:
    return MEASURES["psi"].of_columns(grouping.count(reference), grouping.count(counts), grouping.columns)


def _by_convention(records: Records) -> Records:
    """The verdicts that the conventional limits of PSI give."""
    found = records.copy()
    there = found["verdict"] != NO_ROWS
    said = (Verdict.DRIFTED, Verdict.IMMATERIAL, Verdict.STABLE)
    psi = found["psi"]
    place = np.select([psi >= PSI_DRIFTED, psi >= PSI_MODERATE], [0, 1], 2)
    found["verdict"] = np.where(there, np.array([CODES.index(each) for each in said])[place], NO_ROWS)
    found["reasons"], found["level"] = 0, -1
    return found
