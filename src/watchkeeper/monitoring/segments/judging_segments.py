"""All segments of a period beside each other: each judged against the same segment of the reference, and the mix."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from watchkeeper.monitoring.causes.segmenting import concentrated
from watchkeeper.monitoring.compact import add_packed
from watchkeeper.monitoring.days import days_between
from watchkeeper.monitoring.drift.columns import Lining
from watchkeeper.monitoring.drift.dependence import closer
from watchkeeper.monitoring.drift.facets import OF_LEVELS
from watchkeeper.monitoring.drift.family import first_threshold
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import DRIFTED, NO_ROWS, Part, Records, judge_windows, judged
from watchkeeper.monitoring.drift.wording import size
from watchkeeper.monitoring.policy import in_force
from watchkeeper.monitoring.ports import Counts, JournalPlaces, Sheet, Unit
from watchkeeper.monitoring.references.drifting import models_of
from watchkeeper.monitoring.references.watching import Models, Watched, watched
from watchkeeper.monitoring.references.windows import Evidence, Windows, judge, windows_of
from watchkeeper.monitoring.segment import MISSING, OTHER, PLACES, Segmented
from watchkeeper.monitoring.segments.segment_views import References, all_references
from watchkeeper.monitoring.verdicts.verdicts import CONCERN, columns_of, evidence_on, overall, said_of
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.tables.bins import BinSet
from watchkeeper.tables.column import Column, Kind
from watchkeeper.tables.layouts.categorical import CategoricalLayout

WAITING = "Not judged yet."
MOST_NAMED = 10
"""Drifted columns that are named of a segment; of more there is the number."""


@dataclass(frozen=True)
class SegmentVerdict:
    """Of a segment over a period.

    Attributes:
        segment: its name as it is shown.
        share: of the period's rows, as `reference_share` of the reference's, where that is known.
        drifted: the names of the columns that have, the most at first.
        drifted_columns: how many there are.
        verdict: over all its columns; None without rows.
    """

    segment: str
    rows: int
    share: float
    reference_share: float | None
    verdict: Verdict | None
    drifted: tuple[str, ...]
    drifted_columns: int
    sentence: str


@dataclass(frozen=True)
class Seen:
    """What the segments of a period are judged from, by place."""

    of: Segmented
    watch: Watched
    rows: Counts
    windows: Windows
    evidence: Evidence
    references: References
    days: int


def judge_segments(
    deployment: Deployment, of: Segmented, *, start: str, end: str, work: Unit, places: JournalPlaces
) -> dict[str, Any]:
    """As it is kept and told: the segments that have rows in the period or in the reference, the most concerning first;
    the verdict on the mix of them; and in which segment a feature's drift is concentrated, by feature."""
    seen = _seen(deployment, of, start=start, end=end, work=work, places=places)
    records = judge(seen.windows, watch=seen.watch, evidence=seen.evidence, days=seen.days)
    return {
        "column": of.column,
        "rows": int(seen.rows.sum()),
        "segments": [asdict(each) for each in _by_concern(seen, records)],
        "mix": _mix(seen),
        "concentrated": _concentrated(seen),
        "sentence": seen.references.sentence,
    }


def unjudged(
    deployment: Deployment, of: Segmented, rows: Mapping[int, int], *, work: Unit, places: JournalPlaces
) -> dict[str, Any]:
    """The same before anything of it is judged: the segments with their rows, most first."""
    watch, references = (
        watched(deployment, work=work, places=places),
        all_references(deployment, of, work=work, places=places),
    )
    before, labels = rows_before(references, watch), of.labels()
    total, whole = max(sum(rows.values()), 1), 1 if before is None else max(int(before.sum()), 1)
    segments = [
        SegmentVerdict(
            segment=labels[place],
            rows=rows.get(place, 0),
            share=rows.get(place, 0) / total,
            reference_share=None if before is None else float(before[place]) / whole,
            verdict=None,
            drifted=(),
            drifted_columns=0,
            sentence=WAITING,
        )
        for place in range(PLACES)
        if rows.get(place) or (before is not None and before[place])
    ]
    return {
        "column": of.column,
        "rows": sum(rows.values()),
        "segments": [asdict(each) for each in sorted(segments, key=_concern)],
        "mix": None,
        "concentrated": {},
        "sentence": references.sentence,
    }


def _seen(deployment: Deployment, of: Segmented, *, start: str, end: str, work: Unit, places: JournalPlaces) -> Seen:
    watch, models = watched(deployment, work=work, places=places), models_of(deployment, work=work)
    references = all_references(deployment, of, work=work, places=places)
    groups = _added_up(deployment, of, start=start, end=end, work=work)
    windows = _windows(groups, models, watch, references)
    policy = in_force(work.policies.said(deployment.id)).policy
    return Seen(
        of=of,
        watch=watch,
        rows=np.array([sum(each.rows for each in group if each.role == Role.CHAMPION) for group in groups]),
        windows=windows,
        evidence=evidence_on(deployment, windows, policy, work=work),
        references=references,
        days=len(days_between(start, end)),
    )


def _added_up(deployment: Deployment, of: Segmented, *, start: str, end: str, work: Unit) -> list[list[Sheet]]:
    """By place one sheet a release and role, whatever the number of days: all of them at once would be too much."""
    rows: dict[tuple[int, int, str], int] = {}
    counts: dict[tuple[int, int, str], Counts] = {}
    for sheet in work.segments.sheets(deployment.id, of.number, start=start, end=end):
        key = sheet.place, sheet.release, sheet.role
        rows[key] = rows.get(key, 0) + sheet.rows
        if key in counts:
            add_packed(counts[key], sheet.packed)
        else:
            counts[key] = sheet.counts
    groups: list[list[Sheet]] = [[] for _ in range(PLACES)]
    for (place, release, role), mine in counts.items():
        groups[place].append(Sheet(release, role, end, rows[place, release, role], mine))
    return groups


def _windows(groups: Sequence[Sequence[Sheet]], models: Models, watch: Watched, references: References) -> Windows:
    """One a place, each held against its own reference."""
    nothing = np.zeros(watch.prediction.size, dtype=np.int64)
    windows = windows_of(groups, models, watch=watch, baseline=lambda _: nothing)
    baselines = np.stack(
        [
            [
                nothing if model is None else references.predictions[model].get(place, nothing)
                for place, model in enumerate(of_role)
            ]
            for of_role in windows.models
        ]
    )
    return replace(windows, baselines=baselines, references=_features(references, watch))


def _features(references: References, watch: Watched) -> Counts:
    if references.features is None:
        return watch.reference[np.newaxis]
    found = np.zeros((PLACES, watch.of_features), dtype=np.int64)
    for place, counts in references.features.items():
        found[place] = counts
    return found


def _by_concern(seen: Seen, records: Records) -> list[SegmentVerdict]:
    before, labels = rows_before(seen.references, seen.watch), seen.of.labels()
    total, whole = max(int(seen.rows.sum()), 1), None if before is None else max(int(before.sum()), 1)
    names = [column.name for column in columns_of(seen.watch)]
    found = []
    for place in range(PLACES):
        if not seen.rows[place] and (before is None or not before[place]):
            continue
        share = None if before is None or whole is None else float(before[place]) / whole
        found.append(_verdict(seen, labels[place], place, records[place], names, rows=total, reference_share=share))
    return sorted(found, key=_concern)


def _verdict(
    seen: Seen,
    label: str,
    place: int,
    records: Records,
    names: Sequence[str],
    *,
    rows: int,
    reference_share: float | None,
) -> SegmentVerdict:
    there = [CODES[code] for code in np.unique(records["verdict"]).tolist() if code != NO_ROWS]
    moved = np.flatnonzero(records["verdict"] == DRIFTED)
    ranked = [names[each] for each in moved[np.argsort(-records["effect"][moved], kind="stable")].tolist()]
    verdict = overall(there) if seen.rows[place] else None
    return SegmentVerdict(
        segment=label,
        rows=int(seen.rows[place]),
        share=float(seen.rows[place]) / rows,
        reference_share=reference_share,
        verdict=verdict,
        drifted=tuple(ranked[:MOST_NAMED]),
        drifted_columns=len(ranked),
        sentence=_sentence(verdict, ranked, known=reference_share != 0),
    )


def _sentence(verdict: Verdict | None, drifted: Sequence[str], *, known: bool) -> str:
    if verdict is None:
        return "No rows in these days."
    if not known:
        return "The reference has no such rows to hold it against."
    if drifted:
        more = f" and {len(drifted) - 3} more" if len(drifted) > 3 else ""
        return f"Drifted: {', '.join(drifted[:3])}{more}."
    return f"{str(verdict).capitalize()}."


def _concern(of: SegmentVerdict) -> tuple[int, int, int]:
    place = len(CONCERN) if of.verdict is None else CONCERN.index(of.verdict)
    return place, -of.drifted_columns, -of.rows


def rows_before(references: References, watch: Watched) -> Counts | None:
    """The reference's rows by place: each is in one bin of the first feature. None where nobody knows."""
    if references.features is None or not watch.features:
        return None
    size = watch.features[0].size
    found = np.zeros(PLACES, dtype=np.int64)
    for place, counts in references.features.items():
        found[place] = counts[:size].sum()
    return found


def _mix(seen: Seen) -> Mapping[str, Any] | None:
    """Whether the segments' shares have changed, as those of a column's levels; None where it can't be told."""
    before = rows_before(seen.references, seen.watch)
    if before is None:
        return None
    bins, reference, window = _levels(seen, before)
    (lined,) = Lining.of([bins]).sides(reference[np.newaxis], window[np.newaxis])
    policy = seen.evidence.policy
    reaching = first_threshold(1, policy.alpha) * OF_LEVELS[0].weight
    effects = seen.evidence.features.effects(
        len(seen.watch.features), days=seen.days, p_values=[reaching] * len(seen.watch.features)
    )
    own = effects[[seen.watch.names.index(seen.of.column)]]
    times = seen.evidence.features.closer(window[np.newaxis].sum(axis=-1), days=seen.days)
    part = Part(lined, lined.columns, closer(own, times), np.zeros(1), before=own)
    record = judge_windows([part], (1, 1), alpha=policy.alpha, floors=policy.floors)[0, 0]
    found = None if record["verdict"] == NO_ROWS else judged(record)
    if found is None:
        return None
    if found.level is None:
        return {"verdict": found.verdict, "changed": None, "sentence": said_of(found, policy, level=None)}
    level, shares = bins.labels()[found.level], [side[found.level] / side.sum() for side in (window, reference)]
    now, then = (f"{100 * share:.1f} %" for share in shares)
    told = f"{level} has {now} of the rows, and {then} of the reference's: {size(found.effect)}."
    return {"verdict": found.verdict, "changed": level, "sentence": told}


def _levels(seen: Seen, before: Counts) -> tuple[BinSet, Counts, Counts]:
    """The segments as levels of a column: those that the reference named, other, new and missing."""
    of_reference = seen.of.of_reference
    layout = CategoricalLayout(levels=seen.of.names[:of_reference])

    def laid(rows: Counts) -> Counts:
        new = int(rows[of_reference:OTHER].sum())
        return np.array([*rows[:of_reference].tolist(), int(rows[OTHER]), new, int(rows[MISSING])])

    reference = laid(before)
    return (
        BinSet(Column(seen.of.column, Kind.CATEGORICAL), layout, tuple(reference.tolist())),
        reference,
        laid(seen.rows),
    )


def _concentrated(seen: Seen) -> dict[str, Mapping[str, Any]]:
    if seen.references.features is None or not seen.watch.features:
        return {}
    grouping = seen.watch.grouping
    sides = (_features(seen.references, seen.watch), seen.windows.features)
    before, now = (np.split(grouping.count(side), grouping.columns[1:], axis=-1) for side in sides)
    labels = [f"{seen.of.column} {label}" for label in seen.of.labels()]
    found: dict[str, Mapping[str, Any]] = {}
    for name, reference, window in zip(seen.watch.names, before, now, strict=True):
        where = concentrated(reference, window, labels)
        if where is not None and name != seen.of.column:
            found[name] = asdict(where)
    return found
