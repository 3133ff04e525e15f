"""Issuing the verdicts on days: judged when their counts have changed, and kept, so that pages only read.

A verdict is due where its day's counts are not those that it was judged from. So days from before there were verdicts
are judged as any other, and a worker that is killed has issued a verdict or has not. While a day is not over its
verdict is provisional; then it is the first revision, and each later change of its counts issues another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from watchkeeper.monitoring.acceptance import Acceptance, entry_of, standing
from watchkeeper.monitoring.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.days import moved, today
from watchkeeper.monitoring.depending import find_dependences, known_dependence
from watchkeeper.monitoring.drift.windows import DRIFTED, Records
from watchkeeper.monitoring.drifting import added_up, models_of
from watchkeeper.monitoring.errors import ReferenceGone
from watchkeeper.monitoring.policy import PolicySaid, in_force
from watchkeeper.monitoring.ports import Changed, Counts, DayVerdicts, Sheet, Unit
from watchkeeper.monitoring.ports.verdicts import PROVISIONAL
from watchkeeper.monitoring.rebasing import rebased
from watchkeeper.monitoring.using import By
from watchkeeper.monitoring.watching import FEATURES, Models, Watched, baseline, watched
from watchkeeper.monitoring.windows import Evidence, Windows, judge, windows_of
from watchkeeper.serving.deployment import Deployment, Role

DAYS_A_TURN = 30
SETTLED = timedelta(minutes=1)
"""After so long without a call the newest day of the past counts as over."""


@dataclass(frozen=True)
class Due:
    """What is to be judged: days, their sheets, and what they had before."""

    watch: Watched
    said: PolicySaid
    models: Models
    sheets: Mapping[str, Sequence[Sheet]]
    before: Mapping[str, DayVerdicts]
    accepted: Sequence[Acceptance]
    over: str

    def counted(self, day: str) -> int:
        return sum(sheet.rows for sheet in self.sheets[day])

    def is_over(self, day: str) -> bool:
        return day <= self.over


def issue(deployment: Deployment, collector: Collector) -> int:
    """A bounded piece of what there is to do; how many days that was. Called by the thread that collects."""
    with collector.look() as work:
        over = newest_over(deployment, work, now=collector.clock.now())
        days = work.verdicts.due(deployment.id, over=over, limit=DAYS_A_TURN)
    if not days:
        return 0
    with collector.unit() as work:
        due = _due(deployment, days, over, collector, work)
    token = collector.take(deployment)
    if token is None:
        return 0
    windows = _windows(deployment, [due.sheets[day] for day in days], due, collector)
    records = judge(windows, watch=due.watch, evidence=_evidence(deployment, windows, due, collector), days=1)
    now = collector.clock.now()
    issued = [_day(day, of_day, due, at=now) for day, of_day in zip(days, records, strict=True)]
    with collector.unit() as work:
        if not work.lease.still(lease_of(deployment), token):
            raise LeaseLost
        work.verdicts.issue(deployment.id, issued)
        work.watch.changed(deployment.id, Changed.VERDICTS, days, at=now)
    return len(days)


def _due(deployment: Deployment, days: Sequence[str], over: str, collector: Collector, work: Unit) -> Due:
    models, name = models_of(deployment, work=work), deployment.id
    found = {day: added_up(work.watch.sheets(name, start=day, end=day), models) for day in days}
    before = [each for day in days for each in work.verdicts.between(name, start=day, end=day)]
    return Due(
        watch=watched(deployment, work=work, places=collector.places),
        said=in_force(work.policies.said(deployment.id)),
        models=models,
        sheets=found,
        before={each.day: each for each in before},
        accepted=work.acceptances.all(name),
        over=over,
    )


def newest_over(deployment: Deployment, work: Unit, *, now: datetime) -> str:
    """The newest local day that is over: rows of a later one have come, or it is past and nothing comes."""
    span, here = work.watch.span(deployment.id, by=By.EVENT), today(now, deployment.time_zone)
    if span is None:
        return moved(here, -1)
    newest, (arrived, _) = min(span[1], moved(here, 1)), work.watch.arrivals(deployment.id)
    still = arrived is None or now - arrived > SETTLED
    return newest if newest < here and still else moved(newest, -1)


def _windows(deployment: Deployment, groups: Sequence[Sequence[Sheet]], due: Due, collector: Collector) -> Windows:
    kept: dict[str, Counts] = {}

    def of(model: str) -> Counts:
        if model not in kept:
            kept[model] = _baseline(deployment, model, due.watch, collector)
        return kept[model]

    found = windows_of(groups, due.models, watch=due.watch, baseline=of)
    accepted = standing(due.accepted, bin_sets=due.watch.number)
    return rebased(found, groups, due.models, watch=due.watch, accepted=accepted)


def _baseline(deployment: Deployment, model: str, watch: Watched, collector: Collector) -> Counts:
    """Nothing, where the model's files are gone: its predictions then have not enough data."""
    try:
        with collector.unit() as work:
            return baseline(deployment, model, watch=watch, work=work, places=collector.places)
    except ReferenceGone:
        return np.zeros(watch.prediction.size, dtype=np.int64)


def _evidence(deployment: Deployment, windows: Windows, due: Due, collector: Collector) -> Evidence:
    models = sorted({model for of_role in windows.models for model in of_role if model is not None})
    find_dependences(deployment, models, watch=due.watch, collector=collector)
    with collector.look() as work:
        known = {of: known_dependence(deployment, of, work=work) for of in (FEATURES, *models)}
    return Evidence(due.said.policy, known.pop(FEATURES), known)


def _day(day: str, records: Records, due: Due, *, at: datetime) -> DayVerdicts:
    before, sheets = due.before.get(day), due.sheets[day]
    late = sum(sheet.late for sheet in sheets if sheet.role == Role.CHAMPION)
    revision = (before.revision if before else PROVISIONAL) + 1 if due.is_over(day) else PROVISIONAL
    fresh = DayVerdicts(
        day=day,
        bin_sets=due.watch.number,
        policy=due.said.number,
        release=max(sheet.release for sheet in sheets),
        revision=revision,
        counted=due.counted(day),
        late=late,
        at=at,
        records=records,
        acceptance=entry_of(due.accepted, day),
    )
    rows = sum(sheet.rows for sheet in sheets if sheet.role == Role.CHAMPION)
    return replace(fresh, records=_told(fresh, before, rows=rows))


def _told(fresh: DayVerdicts, before: DayVerdicts | None, *, rows: int) -> Records:
    """What alarms may be raised on: as long as rows come in time, what has drifted; of what came beyond the lateness
    limit, nothing new; nor where what is accepted has changed, of which whoever changed it knows."""
    records = fresh.records.copy()
    if fresh.revision == PROVISIONAL or (before is None and rows and fresh.late >= rows):
        records["told"] = 0
    elif before is not None and before.revision != PROVISIONAL and fresh.late > before.late:
        records["told"] = before.records["told"]
    elif before is not None and before.revision != PROVISIONAL and fresh.acceptance != before.acceptance:
        records["told"] = before.records["told"] & (records["verdict"] == DRIFTED)
    else:
        records["told"] = records["verdict"] == DRIFTED
    return records
