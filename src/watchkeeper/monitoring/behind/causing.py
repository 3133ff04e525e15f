"""What is behind a deployment's drift, from its profiles alone: the drifted features, the most important first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from watchkeeper.monitoring.behind.attributing import Swapped
from watchkeeper.monitoring.causes.cause import Began, Cause, Evidence, Suspect
from watchkeeper.monitoring.causes.evidence import HIDDEN, evidence_of
from watchkeeper.monitoring.causes.parts import Part, parts
from watchkeeper.monitoring.causes.ranking import causes
from watchkeeper.monitoring.causes.segmenting import Segment
from watchkeeper.monitoring.drift.onset.dating import onset
from watchkeeper.monitoring.drift.onset.onset import Course
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.ports import Counts
from watchkeeper.monitoring.ports.verdicts import PROVISIONAL
from watchkeeper.monitoring.references.drifting import View
from watchkeeper.monitoring.soundness.findings import Findings
from watchkeeper.monitoring.verdicts.verdicts import FEATURE, ColumnVerdict, Verdicts
from watchkeeper.serving.deployment import Role

DAYS_BEFORE = 60
"""Before the period, that are looked at for the day on which a drift began."""


def drifted_features(found: Verdicts) -> list[str]:
    """The most concerning first."""
    return [each.column.name for each in found.columns if each.column.of == FEATURE and _drifted(each)]


def causes_of(
    seen: View,
    found: Verdicts,
    faults: Findings,
    *,
    start: str,
    where: Mapping[str, Segment] | None = None,
    swapped: Swapped | None = None,
    season: Mapping[str, Floats] | None = None,
) -> list[Cause]:
    """None where no feature has drifted.

    Args:
        seen: the period that was judged, and the days before it.
        found: the verdicts on the period.
        faults: what was found to be wrong with the data of its days.
        start: its first day.
        where: the segment in which a feature's drift is concentrated, by feature.
        swapped: what the champion answers once features are put back, where it was asked.
        season: what the reference holds of the season of the period, by feature; those that were not held against
            it are held against all of the reference.
    """
    days, counts = _by_day(seen)
    over = max((day.day for day in found.days if day.revision != PROVISIONAL), default=max(days, default=start))
    importances = seen.importances.get(Role.CHAMPION, {})
    places = np.cumsum([0, *(bins.size for bins in seen.watch.features)])
    of_feature = {
        name: counts[:, first:end] for name, first, end in zip(seen.watch.names, places[:-1], places[1:], strict=True)
    }
    suspects = [
        _suspect(
            each,
            days,
            of_feature[each.column.name],
            importances.get(each.column.name),
            faults,
            start=start,
            over=over,
            season=(season or {}).get(each.column.name),
        )
        for each in found.columns
        if each.column.of == FEATURE and _drifted(each)
    ]
    return causes(
        [
            replace(
                each,
                segment=(where or {}).get(each.column),
                moved=swapped.columns.get(each.column) if swapped else None,
                whole=swapped.whole if swapped else None,
            )
            for each in suspects
        ]
    )


def _drifted(of: ColumnVerdict) -> bool:
    return of.found.verdict is Verdict.DRIFTED


def _evidence(column: str, parts: Sequence[Part], faults: Findings) -> Evidence | None:
    """None where nobody looked."""
    if not faults.tell_of(column):
        return HIDDEN if column in faults.hidden else None
    found = faults.of(column)
    told = evidence_of(column, [found.fault] if found else [], parts)
    return replace(told, first=found.first, last=found.last) if found else told


def _suspect(
    of: ColumnVerdict,
    days: Sequence[str],
    counts: Counts,
    importance: float | None,
    faults: Findings,
    *,
    start: str,
    over: str,
    season: Floats | None,
) -> Suspect:
    """`over` is the last day that is over: what began after it, in the rows of a day that goes on, is not known yet."""
    since = of.since if of.since is not None and of.since <= over else None
    bins, known = of.column.bins, of.accepted
    reference = np.asarray(bins.reference) if known is None else known.columns[of.column.name].counts
    if known is not None:
        later = [day >= known.since for day in days]
        days, counts = [day for day in days if day >= known.since], counts[later]
    began = _began(days, counts, reference, going=since or start)
    if began is not None and began.course is Course.EARLIER and since is not None and since > began.first:
        began = replace(began, first=since, low=since, high=since)
    held = reference if season is None or known is not None or not of.found.season else season
    lasts = _lasts(days, began, start=since or start if began is None else start)
    window = counts[lasts].sum(axis=0)
    groups = bins.groups()
    before, now = (np.array([side[group].sum() for group in groups]) for side in (held, window))
    found = parts(before, now, bins.group_labels(), edges=bins.edges_of_groups())
    of_days = [day for day, flag in zip(days, lasts, strict=True) if flag]
    return Suspect(
        of.column.name,
        drifted=True,
        effect=of.found.effect,
        importance=importance,
        parts=found,
        began=began,
        evidence=_evidence(of.column.name, found, faults.within(of_days[0], of_days[-1]) if of_days else faults),
    )


def _lasts(days: Sequence[str], began: Began | None, *, start: str) -> list[bool]:
    """The days of the period on which it has drifted: what it comes to over others as well would be less than it is."""
    first = start if began is None or began.course is Course.EARLIER else max(start, began.first)
    last = (began.last if began else None) or max(days, default=start)
    lasts = [first <= day <= last for day in days]
    return lasts if any(lasts) else [day >= start for day in days]


def _began(days: Sequence[str], counts: Counts, reference: Counts, *, going: str) -> Began | None:
    """Of what goes on still on the day `going`: another drift, which was over before, is left behind."""
    found = onset(counts, reference)
    while found is not None and found.last is not None and days[found.last] < going:
        days, counts = days[found.last + 1 :], counts[found.last + 1 :]
        found = onset(counts, reference)
    if found is None:
        return None
    last = None if found.last is None else days[found.last]
    return Began(found.course, days[found.first], days[found.low], days[found.high], last=last)


def _by_day(seen: View) -> tuple[list[str], Counts]:
    """The champion's days that have rows, and its features' counts on each."""
    mine = [sheet for sheet in seen.sheets if sheet.role == Role.CHAMPION and sheet.rows]
    days = sorted({sheet.day for sheet in mine})
    place = {day: number for number, day in enumerate(days)}
    counts = np.zeros((len(days), seen.watch.of_features), dtype=np.int64)
    for sheet in mine:
        counts[place[sheet.day]] += sheet.counts[: seen.watch.of_features]
    return days, counts
