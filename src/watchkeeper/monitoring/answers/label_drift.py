"""Has the truth drifted: the labels of some days against those of the rows that the first champion was not fitted on.

Labels come late, and not the same ones first: so a window is judged once half of its rows have one, or once it lies
four weeks back and what has come is what there is. It is judged anew from what has come whenever it is read, and raises
no alarm. It has a twentieth of a day's budget for itself, out of the room that the family of the other columns leaves
to the tails (`drift/family.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq

from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.drift.columns import Lining
from watchkeeper.monitoring.drift.dependence import Dependence, closer
from watchkeeper.monitoring.drift.facets import OF_NUMBERS
from watchkeeper.monitoring.drift.family import OF_ONE, first_threshold
from watchkeeper.monitoring.drift.grouped import Grouping
from watchkeeper.monitoring.drift.measures import MEASURES
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.windows import Judged, Part, judge_windows, judged
from watchkeeper.monitoring.policy import DriftPolicy, in_force
from watchkeeper.monitoring.ports import Counts, JournalPlaces, Unit
from watchkeeper.monitoring.verdicts.depending import known_dependence, read_dependence
from watchkeeper.monitoring.verdicts.verdicts import said_of
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind

LABEL, TRUTH = "label", "truth"
SHARE = 0.05
"""Of a day's budget."""
HALF = 0.5
SETTLED_DAYS = 28


@dataclass(frozen=True)
class LabelWindow:
    """`labelled` of `rows` have a label; `found` is None where none has."""

    day: str
    rows: int
    labelled: int
    found: Judged | None
    verdict: Verdict
    sentence: str


@dataclass(frozen=True)
class LabelDrift:
    period: LabelWindow
    days: Sequence[LabelWindow]


def find_label_bins(deployment: Deployment, *, work: Unit, places: JournalPlaces) -> BinSet | None:
    """Made now if this is the first time that they are asked for; None where the reference does not hold the truth."""
    kept = work.label_counts.bins(deployment.id)
    if kept is not None:
        return kept
    first = work.deployments.releases(deployment.id)[0].champion
    path = places.model(first) / "reference.parquet"
    if not path.is_file() or TRUTH not in pq.read_schema(path).names:
        return None
    truth = pq.read_table(path, columns=[TRUTH])[TRUTH]
    bins = fit_bin_set(Column(TRUTH, Kind.NUMERIC), truth)
    work.label_counts.keep_bins(deployment.id, bins)
    work.verdicts.keep_dependence(deployment.id, LABEL, read_dependence(path, "at", (bins,), zone=deployment.time_zone))
    return bins


def label_drift(
    deployment: Deployment, *, start: str, end: str, rows: Mapping[str, int], work: Unit
) -> LabelDrift | None:
    """Of the days from start to end, both included, and of all together; None before any label has been counted. `rows`
    says how many the champion answered on each day."""
    bins = work.label_counts.bins(deployment.id)
    counted = work.label_counts.between(deployment.id, start=start, end=end)
    if bins is None or not counted:
        return None
    policy = in_force(work.policies.said(deployment.id)).policy
    dependence, span = known_dependence(deployment, LABEL, work=work), work.watch.span(deployment.id, by="event")
    settled = moved(span[1] if span else end, -SETTLED_DAYS)
    days = sorted(counted)
    by_day = np.stack([counted[day] for day in days])
    by_window = np.vstack([by_day, by_day.sum(axis=0)])
    found = [
        *_judged(by_day, bins, policy, dependence, days=1),
        *_judged(by_window[-1:], bins, policy, dependence, days=len(days)),
    ]
    of_rows = [*(rows.get(day, 0) for day in days), sum(rows.values())]
    *windows, whole = [
        _window(day, of, int(counts.sum()), each, policy, settled=day <= settled)
        for day, of, counts, each in zip([*days, end], of_rows, by_window, found, strict=True)
    ]
    return LabelDrift(whole, windows)


def _judged(
    counts: Counts, bins: BinSet, policy: DriftPolicy, dependence: Dependence, *, days: int
) -> list[Judged | None]:
    """One a window of so many days."""
    alpha = policy.alpha * SHARE / OF_ONE
    reference = np.asarray(bins.reference, dtype=np.int64)
    (lined,) = Lining.of([bins]).sides(reference[np.newaxis], counts)
    reaching = first_threshold(1, alpha) * OF_NUMBERS[0].weight
    alike = np.repeat(dependence.effects(1, days=days, p_values=[reaching]), len(counts))
    effects = closer(alike, dependence.closer(counts.sum(axis=-1), days=days))
    grouping = Grouping.of([bins.groups()])
    before, now = grouping.count(reference), grouping.count(counts)
    psi = MEASURES["psi"].of_columns(before, now, grouping.columns)[:, 0]
    part = Part(lined, lined.columns, effects, psi, before=alike)
    records = judge_windows([part], (len(counts), 1), alpha=alpha, floors=policy.floors)
    return [judged(each) for each in records[:, 0]]


def _window(
    day: str, rows: int, labelled: int, found: Judged | None, policy: DriftPolicy, *, settled: bool
) -> LabelWindow:
    share = labelled / rows if rows else 1.0
    if found is None or (share < HALF and not settled):
        sentence = f"Labels have come for {labelled:,} of {rows:,} rows: half of them are needed to say."
        return LabelWindow(day, rows, labelled, found, Verdict.NOT_ENOUGH_DATA, sentence)
    return LabelWindow(day, rows, labelled, found, found.verdict, said_of(found, policy, level=None))


def champions_rows(seen: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """By day, from those by day and role."""
    return {day: rows for (day, role), rows in seen.items() if role == Role.CHAMPION}
