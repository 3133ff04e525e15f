"""What has drifted: a period judged as one window, and its days as they were issued."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import numpy as np

from watchkeeper.monitoring.acceptance import Acceptance
from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.drift.dependence import Dependence
from watchkeeper.monitoring.drift.lasting import NOT_ENOUGH, lasting_in_any
from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.sides import Flags
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import DRIFTED, NO_ROWS, Judged, Records, judged
from watchkeeper.monitoring.drift.wording import sentence, worth
from watchkeeper.monitoring.errors import NoSeason, ReferenceGone
from watchkeeper.monitoring.policy import Convention, DriftPolicy, PolicySaid, in_force
from watchkeeper.monitoring.ports import Counts, DayVerdicts, JournalPlaces, Unit
from watchkeeper.monitoring.ports.verdicts import PROVISIONAL
from watchkeeper.monitoring.references.against import Held
from watchkeeper.monitoring.references.drifting import View
from watchkeeper.monitoring.references.global_drift import GlobalDrift, Weights, global_drift, weighing
from watchkeeper.monitoring.references.rebasing import held_in, rebased
from watchkeeper.monitoring.references.trailing import LENGTHS, LONGEST, numbered, together_of
from watchkeeper.monitoring.references.watching import (
    FEATURES,
    PREDICTION,
    PREDICTIONS,
    Models,
    Watched,
    baseline,
    importances,
)
from watchkeeper.monitoring.references.windows import Evidence, Windows, judge, windows_of
from watchkeeper.monitoring.verdicts.almanacs import known_almanacs
from watchkeeper.monitoring.verdicts.depending import known_dependence
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.tables.bins import BinSet


class Baseline(StrEnum):
    """What of a reference windows are held against."""

    WHOLE = "whole"
    SEASON = "season"


CONCERN = (Verdict.DRIFTED, Verdict.IMMATERIAL, Verdict.NOT_ENOUGH_DATA, Verdict.STABLE)
FEATURE = "feature"
WORTH = 0.5
"""The part of rows' number below which it is said what they are worth."""


@dataclass(frozen=True)
class Column:
    """One that is judged: a feature, or the prediction of a role, whose name says so."""

    name: str
    of: str
    role: Role | None
    bins: BinSet


def columns_of(watch: Watched) -> tuple[Column, ...]:
    """In the order of the records."""
    features = [Column(name, FEATURE, None, bins) for name, bins in zip(watch.names, watch.features, strict=True)]
    return (*features, *(Column(name, PREDICTION, role, watch.prediction) for role, name in PREDICTIONS.items()))


@dataclass(frozen=True)
class ColumnVerdict:
    """Of the period.

    Attributes:
        changed_level: the one whose share changed, where that is a reason.
        since: the first of the days, one after the other up to the last with rows, on which it has drifted, by the day
            itself or by the 7 or 28 days that it ends; None where it has not on that.
        days_drifted: on how many days of the period it has.
        accepted: by what it is held instead of the reference.
    """

    column: Column
    found: Judged
    changed_level: str | None
    sentence: str
    since: str | None
    days_drifted: int
    accepted: Acceptance | None


@dataclass(frozen=True)
class Known:
    """What a period is judged from: its counts in one window, the policy in force, the days as they were issued, and
    what of it is accepted, by column. `earlier` are the days before it that lie in its days' longer windows; so many of
    its days are `waiting` to be judged, or judged again."""

    windows: Windows
    evidence: Evidence
    said: PolicySaid
    issued: Sequence[DayVerdicts]
    weights: Weights
    accepted: Mapping[str, Acceptance]
    longer: Sequence[DayVerdicts] = ()
    earlier: Sequence[DayVerdicts] = ()
    waiting: int = 0

    @property
    def baseline(self) -> "Baseline":
        """What the features of the period are held against."""
        when = self.windows.when
        dated = when is not None and any(each is not None for each in when.features)
        return Baseline.SEASON if dated and FEATURES in self.evidence.seasons else Baseline.WHOLE


@dataclass(frozen=True)
class Verdicts:
    """Of a period.

    Attributes:
        verdict: of all that is watched: drifted where any column has; None without rows.
        columns: those that have rows, the most concerning first.
        days: those that have been judged, in their order.
        waiting: how many have not, or not by what is known by now.
        longer: the windows of several days that these end, as far as they were judged.
        baseline: what the features are held against.
        independence: what is taken for granted of the rows, in a sentence.
        overall: global drift of the period, by role.
        overall_by_day: the same of each day that has been judged.
    """

    watch: Watched
    said: PolicySaid
    verdict: Verdict | None
    columns: Sequence[ColumnVerdict]
    days: Sequence[DayVerdicts]
    longer: Sequence[DayVerdicts]
    baseline: Baseline
    independence: str
    overall: Mapping[Role, GlobalDrift]
    overall_by_day: Mapping[str, Mapping[Role, GlobalDrift]]
    waiting: int = 0

    @property
    def drifted(self) -> tuple[str, ...]:
        return tuple(each.column.name for each in self.columns if each.found.verdict is Verdict.DRIFTED)


def known(
    deployment: Deployment,
    seen: View,
    *,
    start: str,
    end: str,
    work: Unit,
    places: JournalPlaces,
    baseline: Baseline | None = None,
) -> Known:
    """Days were judged by the reference, so there are none where the view is held against another period, or is one of
    a segment. Raise NoSeason."""
    windows, evidence, said = ground(
        deployment, seen, start=start, end=end, work=work, places=places, baseline=baseline
    )
    reach = moved(start, 1 - LONGEST)
    issued = work.verdicts.between(deployment.id, start=reach, end=end) if _by_reference(seen) else []
    there = [each for each in issued if each.bin_sets == seen.watch.number]
    earlier, there = [each for each in there if each.day < start], [each for each in there if each.day >= start]
    longer = work.verdicts.trailing(deployment.id, start=start, end=end) if there else []
    return Known(
        windows,
        evidence,
        said,
        there,
        weights_of(seen.watch, seen.models, {newest(seen), *(each.release for each in there)}, work=work),
        held_in(windows, 0, seen.sheets, seen.accepted),
        [each for each in longer if each.bin_sets == seen.watch.number],
        earlier,
        work.verdicts.waiting(deployment.id, start=start, end=end) if _by_reference(seen) else 0,
    )


def ground(
    deployment: Deployment,
    seen: View,
    *,
    start: str,
    end: str,
    work: Unit,
    places: JournalPlaces,
    baseline: Baseline | None = None,
) -> tuple[Windows, Evidence, PolicySaid]:
    """By what a period is judged as one window: unless it is said, against the same season where one is known. Raise
    NoSeason."""
    of = seen.answers or held_out(deployment, seen.watch, work=work, places=places)
    blocks = work.hours.blocks(deployment.id, start=start, end=end)
    windows = windows_of([seen.sheets], seen.models, watch=seen.watch, baseline=of, blocks=blocks)
    windows = rebased(windows, [seen.sheets], seen.models, watch=seen.watch, accepted=seen.accepted)
    if not seen.against.usual:
        windows = _against(windows, seen)
    said = in_force(work.policies.said(deployment.id))
    seasons = _seasons(deployment, seen, windows, baseline, work) if _by_reference(seen) else {}
    return windows, replace(evidence_on(deployment, windows, said.policy, work=work), seasons=seasons), said


def _by_reference(seen: View) -> bool:
    return seen.against.usual and seen.answers is None


def _seasons(
    deployment: Deployment, seen: View, windows: Windows, baseline: Baseline | None, work: Unit
) -> Mapping[str, Almanac]:
    """Nothing where it is to be held against the whole."""
    if baseline is Baseline.WHOLE:
        return {}
    models = sorted({model for of_role in windows.models for model in of_role if model is not None})
    found = known_almanacs(deployment, models, watch=seen.watch, work=work)
    if baseline is Baseline.SEASON and not found:
        why, _ = work.almanacs.head(deployment.id, FEATURES) or ("the reference has not been looked at yet", "")
        raise NoSeason(
            f"There is no season to hold these days against: {why}. Hold them against the whole.",
            fields=("baseline",),
        )
    return found


def _against(windows: Windows, seen: View) -> Windows:
    """Predictions are held against what another period answered; a hold-out has each model's own answers as ever."""
    if seen.against.name is Held.HOLD_OUT:
        features = np.arange(len(seen.watch.features) + len(Role)) < len(seen.watch.features)
        return replace(windows, others=features[np.newaxis])
    nothing = np.zeros(seen.watch.prediction.size, dtype=np.int64)
    return replace(windows, baselines=np.stack([[seen.baselines.get(role, nothing)] for role in Role]))


def newest(seen: View) -> int:
    """The newest release that answered."""
    return max((sheet.release for sheet in seen.sheets), default=0)


def weights_of(watch: Watched, models: Models, releases: Iterable[int], *, work: Unit) -> Weights:
    """By the models that these releases have."""
    named = {model for each in releases for role in Role if (model := models.get((each, role)))}
    by_model = {model: weighing(watch.names, importances(model, work=work)) for model in sorted(named)}
    return lambda release, role: by_model.get(models.get((release, role)) or "")


def evidence_on(deployment: Deployment, windows: Windows, policy: DriftPolicy, *, work: Unit) -> Evidence:
    """As far as the references' rows were looked at."""
    models = {model for of_role in windows.models for model in of_role if model is not None}
    return Evidence(
        policy=policy,
        features=known_dependence(deployment, FEATURES, work=work),
        predictions={model: known_dependence(deployment, model, work=work) for model in sorted(models)},
    )


def held_out(deployment: Deployment, watch: Watched, *, work: Unit, places: JournalPlaces) -> Callable[[str], Counts]:
    """What a model's predictions are held against; nothing, where its files are gone."""

    def of(model: str) -> Counts:
        try:
            return baseline(deployment, model, watch=watch, work=work, places=places)
        except ReferenceGone:
            return np.zeros(watch.prediction.size, dtype=np.int64)

    return of


def verdicts(seen: View, of: Known, *, days: int) -> Verdicts:
    """`days` is how many the period has."""
    records = judge(of.windows, watch=seen.watch, evidence=of.evidence, days=days)[0]
    each = zip(columns_of(seen.watch), records, _histories(of, len(records)), strict=True)
    found = [_column(column, record, history, of) for column, record, history in each]
    there = [each for each in found if each is not None]
    overall_of = partial(global_drift, weights=of.weights, names=seen.watch.names, floor=of.said.policy.shape)
    (of_period,) = overall_of([records], [newest(seen)])
    of_days = overall_of([each.records for each in of.issued], [each.release for each in of.issued])
    return Verdicts(
        watch=seen.watch,
        said=of.said,
        verdict=overall([each.found.verdict for each in there]),
        columns=sorted(there, key=_concern),
        days=of.issued,
        longer=of.longer,
        baseline=of.baseline,
        independence=independence(of.evidence.features, of.baseline),
        overall=of_period,
        overall_by_day={each.day: found for each, found in zip(of.issued, of_days, strict=True)},
        waiting=of.waiting,
    )


def _concern(of: ColumnVerdict) -> tuple[bool, int, float]:
    """What has drifted up to the last day, then in the period, then what has moved, then what nobody knows."""
    return of.since is None, CONCERN.index(of.found.verdict), -of.found.effect.estimate


def overall(found: Sequence[Verdict]) -> Verdict | None:
    """Of all columns together: what concerns most; and stable as soon as one is known to be."""
    order = (Verdict.DRIFTED, Verdict.IMMATERIAL, Verdict.STABLE, Verdict.NOT_ENOUGH_DATA)
    return next((each for each in order if each in found), None)


def of_days(days: Sequence[DayVerdicts]) -> list[tuple[Verdict | None, list[int]]]:
    """Of each the verdict, and the places of the columns that have drifted."""
    if not days:
        return []
    codes = np.stack([each.records["verdict"] for each in days])
    verdicts = np.stack([(codes == code).any(axis=1) for code in range(len(CODES))], axis=1)
    drifted: list[list[int]] = [[] for _ in days]
    for day, column in np.argwhere(codes == DRIFTED).tolist():
        drifted[day].append(column)
    there = [[each for each, found in zip(CODES, of, strict=True) if found] for of in verdicts.tolist()]
    return [(overall(found), places) for found, places in zip(there, drifted, strict=True)]


def independence(of: Dependence, baseline: Baseline) -> str:
    if baseline is Baseline.SEASON:
        return (
            "Held against the same season: the reference's rows of the same months, hours, and weekends or not, "
            "weighted as these are. Rows count for as many independent ones as they are worth, by how alike its weeks "
            "are."
        )
    if not of.known:
        return f"Nothing can be said of rows that follow each other: {of.why}."
    if not of.days:
        return f"Rows were taken as independent of each other: {of.why}."
    stretches = f"stretches of {of.days[0]} days and more" if of.days[0] > 1 else "days"
    return (
        "Rows count for as many independent ones as they are worth, by how alike the reference's own "
        f"{stretches} are. A season is not taken out."
    )


def _histories(of: Known, columns: int) -> list[tuple[str | None, int]]:
    """Of each column, since when it has drifted, and on how many days."""
    days = [*of.earlier, *of.issued]
    if not of.issued:
        return [(None, 0)] * columns
    drifted, silent = (found[len(of.earlier) :] for found in drifted_on(days, of.longer))
    since, going = np.full(columns, -1), np.ones(columns, dtype=np.bool_)
    for place in reversed(range(len(of.issued))):
        since[going & drifted[place]] = place
        going &= drifted[place] | silent[place]
    first = [of.issued[place].day if place >= 0 else None for place in since.tolist()]
    return list(zip(first, drifted.sum(axis=0).tolist(), strict=True))


def drifted_on(days: Sequence[DayVerdicts], longer: Sequence[DayVerdicts]) -> tuple[Flags, Flags]:
    """On which days each column has drifted, in any of the windows that alarms are raised on, and of which a day says
    nothing; of shape (days, columns). Of a day that is not over its longer windows are not known yet."""
    together = together_of(days, longer, ("verdict", "p_value"))
    codes, drifted = together["verdict"], together["verdict"] == DRIFTED
    going = np.array([each.revision == PROVISIONAL for each in days], dtype=np.bool_)[:, np.newaxis]
    without = codes[:, 0] == NO_ROWS
    numbers = numbered([each.day for each in days])
    found = lasting_in_any(numbers, LENGTHS, drifted, codes, together["p_value"], in_a_row=1) & ~without
    return found, without | (going & (codes[:, 0] == NOT_ENOUGH))


def _column(column: Column, record: Records, history: tuple[str | None, int], of: Known) -> ColumnVerdict | None:
    found = judged(record)
    if found is None:
        return None
    level = None if found.level is None else _level(column.bins, found.level)
    words, accepted = said_of(found, of.said.policy, level=level), of.accepted.get(column.name)
    return ColumnVerdict(column, found, level, f"{words}{of_its_days(found, history[1])}", *history, accepted)


def of_its_days(found: Judged, drifted: int) -> str:
    """A period may know less than its days: it mixes them, and the reference has fewer stretches as long to say how
    alike rows are."""
    if found.verdict is not Verdict.NOT_ENOUGH_DATA or not drifted:
        return ""
    return (
        f" It has drifted on {drifted} of the days nevertheless: the period mixes them with the others, and rows of a "
        "longer stretch that follow each other are worth less."
    )


def _level(bins: BinSet, place: int) -> str:
    return (bins.group_labels() if bins.layout.roles().grouped else bins.labels())[place]


def said_of(found: Judged, policy: DriftPolicy, *, level: str | None) -> str:
    if policy.judged_by is Convention.PSI:
        return f"PSI {found.psi or 0.0:.2f}, by convention {found.verdict}."
    if found.lacking:
        return "Season not in the reference: it holds too little of the months in which these rows happened."
    if found.verdict is Verdict.NOT_ENOUGH_DATA and not found.effective_rows:
        return "The reference covers too little time to tell how alike rows are that follow each other."
    if found.verdict is Verdict.NOT_ENOUGH_DATA and found.effective_rows < WORTH * found.rows:
        had = f"{found.rows:,} rows that follow each other are worth {worth(found.effective_rows)} independent ones"
        more = "A reference of more time would know it better."
        return f"{had}, by how alike the reference's are: too few to tell. {more}"
    return sentence(found, found.reasons, level=level)
