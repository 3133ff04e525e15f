"""Counts of some windows of a deployment, and the verdicts on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from watchkeeper.monitoring.away import away, set_apart
from watchkeeper.monitoring.drift import family
from watchkeeper.monitoring.drift.columns import Lined
from watchkeeper.monitoring.drift.dependence import Dependence, closer
from watchkeeper.monitoring.drift.facets import OF_LEVELS, OF_NUMBERS
from watchkeeper.monitoring.drift.grouped import Grouping
from watchkeeper.monitoring.drift.measures import MEASURES
from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.seasons.strata import MONTHS
from watchkeeper.monitoring.drift.seasons.stretch import Stretch
from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import NO_ROWS, Lacking, Part, Records, judge_windows
from watchkeeper.monitoring.policy import Convention, DriftPolicy
from watchkeeper.monitoring.ports import Counts, DayBlocks, Sheet
from watchkeeper.monitoring.references.blocks import When, when_of
from watchkeeper.monitoring.references.in_season import seasonal
from watchkeeper.monitoring.references.watching import FEATURES, Models, Watched
from watchkeeper.serving.deployment import Role

PSI_DRIFTED, PSI_MODERATE = 0.25, 0.1
"""Siddiqi, "Credit Risk Scorecards" (2006), chapter 9."""


@dataclass(frozen=True)
class Windows:
    """Counts of some windows.

    Attributes:
        features: of shape (windows, the features' bins).
        references: what these are held against, of the same shape; or of one window, where it is the same for all.
        models: whose predictions are judged, by role and window; None where the role has no rows.
        predictions: of shape (roles, windows, the prediction's bins).
        baselines: what each is held against, of the same shape.
        months: how many rows there are in each month of the year, of the features, then of each role's predictions, of
            shape (1 + roles, windows, 12).
        others: of shape (windows, columns), which are held against other rows than the reference's; None where none is.
        when: when the rows happened, where that is known.
    """

    features: Counts
    references: Counts
    models: tuple[tuple[str | None, ...], ...]
    predictions: Counts
    baselines: Counts
    months: Counts
    others: Flags | None = None
    when: When | None = None


@dataclass(frozen=True)
class Evidence:
    """By what windows of so many days are judged: the policy, and how alike the rows of the references are.

    Attributes:
        features: of the features' reference.
        predictions: of each model's held-out answers.
        seasons: what is known of the seasons of either, by model or as `FEATURES`, where windows are held against the
            same season.
    """

    policy: DriftPolicy
    features: Dependence
    predictions: Mapping[str, Dependence]
    seasons: Mapping[str, Almanac] = field(default_factory=dict)

    @property
    def seasonal(self) -> bool:
        """Whether the features are known to have seasons, so that the prediction is taken to have them too."""
        return FEATURES in self.seasons or any(self.features.courses)


def windows_of(
    groups: Sequence[Sequence[Sheet]],
    models: Models,
    *,
    watch: Watched,
    baseline: Callable[[str], Counts],
    blocks: Mapping[str, Sequence[DayBlocks]] | None = None,
) -> Windows:
    """One a group of sheets. Predictions are those of the role's newest model alone: another's are another
    distribution. `blocks` say of days when their rows happened."""
    features = np.zeros((len(groups), watch.of_features), dtype=np.int64)
    shape = (len(Role), len(groups), watch.prediction.size)
    months = np.zeros((1 + len(Role), len(groups), MONTHS), dtype=np.int64)
    predictions, baselines = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    newest: list[tuple[str | None, ...]] = []
    for place, role in enumerate(Role):
        mine = [[sheet for sheet in group if sheet.role == role and sheet.rows] for group in groups]
        newest.append(tuple(_newest(sheets, models) for sheets in mine))
        for number, (sheets, model) in enumerate(zip(mine, newest[-1], strict=True)):
            for sheet in sheets:
                month = int(sheet.day[5:7]) - 1
                if role is Role.CHAMPION:
                    features[number] += sheet.counts[: watch.of_features]
                    months[0, number, month] += sheet.rows
                if models.get((sheet.release, role)) == model:
                    predictions[place, number] += watch.of_prediction(sheet.counts)
                    months[1 + place, number, month] += sheet.rows
            if model is not None:
                baselines[place, number] = baseline(model)
    when = None if blocks is None else when_of(groups, newest, models, blocks=blocks, watch=watch)
    reference = watch.reference[np.newaxis]
    return Windows(features, reference, tuple(newest), predictions, baselines, months, when=when)


def _newest(sheets: Sequence[Sheet], models: Models) -> str | None:
    return models.get((max(sheet.release for sheet in sheets), sheets[0].role)) if sheets else None


def judge(windows: Windows, *, watch: Watched, evidence: Evidence, days: int, sharing: int = 1) -> Records:
    """Of shape (windows, columns): the features, then the prediction of champion and challenger. `sharing` is how many
    windows as large have to share the policy's budget."""
    return judge_together([(days, windows)], watch=watch, evidence=evidence, sharing=sharing)[:, 0]


def judge_together(
    lengths: Sequence[tuple[int, Windows]], *, watch: Watched, evidence: Evidence, sharing: int = 1
) -> Records:
    """Of shape (windows, lengths, columns): windows of several lengths, each with how many days it has, that share the
    policy's budget."""
    policy, each = evidence.policy, len(watch.features) + len(Role)
    columns = each * len(lengths) * sharing
    shape = (len(lengths[0][1].features), each * len(lengths))
    parts, lacking = [], []
    for place, (days, windows) in enumerate(lengths):
        for judged in (_features, _predictions):
            mine = judged(windows, watch, evidence, days=days, columns=columns)
            parts += [replace(part, of=part.of + place * each) for part in mine.parts if part.of.size]
            lacking += [replace(part, of=part.of + place * each) for part in mine.lacking]
    records = judge_windows(parts, shape, alpha=policy.alpha, floors=policy.floors, sharing=sharing)
    for of in lacking:
        of.say(records)
    found: Records = records if policy.judged_by is Convention.EVIDENCE else _by_convention(records)
    return found.reshape(shape[0], len(lengths), each)


@dataclass(frozen=True)
class _Parts:
    """Columns of windows, as they are to be judged, and those of which nothing can be said."""

    parts: Sequence[Part]
    lacking: Sequence[Lacking] = ()


def _features(windows: Windows, watch: Watched, evidence: Evidence, *, days: int, columns: int) -> _Parts:
    if not watch.features:
        return _Parts([])
    reaching = [_reaching(each, columns, evidence) for each in watch.ordered]
    alike = evidence.features
    before = alike.effects(len(watch.features), days=days, p_values=reaching)
    rows = windows.features[:, : watch.features[0].size].sum(axis=-1)
    effects = closer(before, alike.closer(rows, days=days)[:, np.newaxis])
    psi = _psi(watch.grouping, windows.references, windows.features)
    usual = ~_others(windows, watch)[:, : len(watch.features)]
    lined = [
        _seen(each, ~usual[each.windows, each.columns])
        for each in watch.lining.sides(windows.references, windows.features)
    ]
    parts = [
        Part(
            each,
            each.columns,
            effects[each.windows, each.columns],
            psi[each.windows, each.columns],
            before=before[each.columns],
        )
        for each in lined
    ]
    almanac = evidence.seasons.get(FEATURES)
    if almanac is None or windows.when is None:
        gone = away(windows.months[0], alike)[:, np.newaxis] & np.array(alike.courses or [False]) & usual
        rows = np.repeat(rows[:, np.newaxis], len(watch.features), axis=1)
        parts, lacking = set_apart(parts, gone, rows, psi)
        return _Parts(parts, [lacking])
    found = seasonal(
        almanac, watch.lining, windows.features, windows.when.features, psi, usual, p_values=np.array(reaching)
    )
    return _Parts([*(part.take(found.whole(part)) for part in parts), *found.parts], [found.lacking])


def _predictions(windows: Windows, watch: Watched, evidence: Evidence, *, days: int, columns: int) -> _Parts:
    before, now = (counts.reshape(-1, watch.prediction.size) for counts in (windows.baselines, windows.predictions))
    reaching = [_reaching(watch.prediction.layout.roles().ordered, columns, evidence)]
    count, first = len(windows.features), len(watch.features)
    alike = [evidence.predictions.get(model or "", Dependence()) for models in windows.models for model in models]
    of_reference = np.array([float(of.effects(1, days=days, p_values=reaching)[0]) for of in alike])
    times = np.array([float(of.closer(rows, days=days)) for of, rows in zip(alike, now.sum(axis=-1), strict=True)])
    (lined,) = watch.prediction_lining.sides(before, now)
    usual = ~_others(windows, watch)[:, -len(Role) :].T.reshape(-1, 1)
    lined = _seen(lined, ~usual[lined.windows, 0])
    psi = _psi(watch.prediction_grouping, before, now)
    whole = Part(lined, lined.columns, closer(of_reference, times), psi[:, 0], before=of_reference)
    gone = _of_no_season(windows, evidence, alike) & usual
    (whole,), out = set_apart([whole], gone, now.sum(axis=-1, keepdims=True), psi)
    parts, lacking = list[Part](), [out]
    for model, almanac in evidence.seasons.items():
        when = _when(windows, model)
        if any(each is not None for each in when):
            found = seasonal(almanac, watch.prediction_lining, now, when, psi, usual, p_values=np.array(reaching))
            whole = whole.take(found.whole(whole))
            parts += found.parts
            lacking.append(found.lacking)
    return _Parts(
        [each.of_roles(count, first) for each in (whole, *parts)], [each.of_roles(count, first) for each in lacking]
    )


def _of_no_season(windows: Windows, evidence: Evidence, alike: Sequence[Dependence]) -> Flags:
    """Of each role's windows, role by role, whether the model's held-out answers lack the season; of shape (., 1)."""
    months = windows.months[1:].reshape(-1, 1, MONTHS)
    found = [
        (evidence.seasonal or any(of.courses)) and bool(away(of_window, of)[0])
        for of_window, of in zip(months, alike, strict=True)
    ]
    return np.array(found, dtype=np.bool_)[:, np.newaxis]


def _when(windows: Windows, model: str) -> list[Stretch | None]:
    """When the rows of each role's windows happened, role by role, of those that are this model's predictions."""
    if windows.when is None:
        return []
    return [
        stretch if of == model else None
        for models, stretches in zip(windows.models, windows.when.predictions, strict=True)
        for of, stretch in zip(models, stretches, strict=True)
    ]


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
