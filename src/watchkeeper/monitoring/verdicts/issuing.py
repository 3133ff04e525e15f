"""Issuing the verdicts on days: judged when their counts have changed, and kept, so that pages only read.

A verdict is due where its day's counts are not those that it was judged from. So days from before there were verdicts
are judged as any other, and a worker that is killed has issued a verdict or has not. While a day is not over its
verdict is provisional; then it is the first revision, and each later change of its counts issues another.

With each day that is over the longer windows are judged that it ends, and with each that has changed those that it lies
in and that were judged before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from watchkeeper.monitoring.acceptance import Acceptance, entry_of, on_day, standing, withdrawn_since
from watchkeeper.monitoring.collecting.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.days import moved, today
from watchkeeper.monitoring.drift.sides import Flags
from watchkeeper.monitoring.drift.windows import DRIFTED, Records
from watchkeeper.monitoring.errors import ReferenceGone
from watchkeeper.monitoring.policy import PolicySaid, in_force
from watchkeeper.monitoring.ports import Changed, Counts, DayBlocks, DayVerdicts, Sheet, Unit
from watchkeeper.monitoring.ports.verdicts import PROVISIONAL
from watchkeeper.monitoring.references.blocks import read_blocks
from watchkeeper.monitoring.references.drifting import added_up, models_of
from watchkeeper.monitoring.references.rebasing import rebased
from watchkeeper.monitoring.references.trailing import LENGTHS, LONGEST, by_day, joined, trailing
from watchkeeper.monitoring.references.watching import FEATURES, Models, Watched, baseline, watched
from watchkeeper.monitoring.references.windows import Evidence, Windows, judge, judge_together, windows_of
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.monitoring.verdicts.almanacs import find_almanacs, known_almanacs
from watchkeeper.monitoring.verdicts.depending import find_dependences, known_dependence
from watchkeeper.monitoring.verdicts.verdicts import columns_of
from watchkeeper.serving.deployment import Deployment, Role

DAYS_A_TURN = 30
SETTLED = timedelta(minutes=1)
"""After so long without a call the newest day of the past counts as over."""


@dataclass(frozen=True)
class Due:
    """What is to be judged: days, the sheets of these and of those around them, and what windows had before, by the day
    that they end on and their number of days. `later` are days that are not due, which end windows that one is in."""

    watch: Watched
    said: PolicySaid
    models: Models
    days: Sequence[str]
    later: Sequence[str]
    sheets: Mapping[str, Sequence[Sheet]]
    before: Mapping[tuple[str, int], DayVerdicts]
    accepted: Sequence[Acceptance]
    over: str

    def window(self, day: str, length: int) -> Sequence[Sheet]:
        return trailing(self.sheets, day, length=length)

    def counted(self, day: str, length: int) -> int:
        return sum(sheet.rows for sheet in self.window(day, length))

    def has_changed(self, day: str, length: int) -> bool:
        before = self.before.get((day, length))
        return day in self.days or (before is not None and before.counted != self.counted(day, length))

    def is_over(self, day: str) -> bool:
        return day <= self.over

    @property
    def known_models(self) -> list[str]:
        """Whose predictions there are."""
        held = {self.models.get((sheet.release, sheet.role)) for of_day in self.sheets.values() for sheet in of_day}
        return sorted(model for model in held if model is not None)


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
    evidence = _evidence(deployment, due, collector)
    blocks, fresh = _blocks(deployment, due, evidence, collector)
    now = collector.clock.now()
    issued = [
        _issued(day, length, records, due, at=now)
        for day, length, records in _judged(deployment, due, evidence, blocks, collector)
    ]
    with collector.unit() as work:
        if not work.lease.still(lease_of(deployment), token):
            raise LeaseLost
        work.verdicts.issue(deployment.id, issued)
        work.hours.keep_blocks(deployment.id, fresh)
        work.watch.changed(deployment.id, Changed.VERDICTS, [*days, *due.later], at=now)
    return len(days)


def _due(deployment: Deployment, days: Sequence[str], over: str, collector: Collector, work: Unit) -> Due:
    """Of a day that is not over, nothing but itself."""
    models, name = models_of(deployment, work=work), deployment.id
    ended = [day for day in days if day <= over]
    reach = {day: LONGEST - 1 if day <= over else 0 for day in days}
    around = joined((moved(day, -far), moved(day, far)) for day, far in reach.items())
    longer = [each for start, end in around for each in work.verdicts.trailing(name, start=start, end=min(end, over))]
    sheets = [sheet for start, end in around for sheet in work.watch.sheets(name, start=start, end=end)]
    before = [*work.verdicts.between(name, start=days[0], end=days[-1]), *longer]
    return Due(
        watch=watched(deployment, work=work, places=collector.places),
        said=in_force(work.policies.said(deployment.id)),
        models=models,
        days=days,
        later=sorted({each.day for each in longer if ended and each.day > ended[0]} - {*days}),
        sheets=by_day(added_up(sheets, models)),
        before={(each.day, each.days): each for each in before},
        accepted=work.acceptances.all(name),
        over=over,
    )


def _judged(
    deployment: Deployment,
    due: Due,
    evidence: Evidence,
    blocks: Mapping[str, Sequence[DayBlocks]] | None,
    collector: Collector,
) -> Iterator[tuple[str, int, Records]]:
    """Each window that has changed. A day that is not over leaves their parts of the budget to the longer windows that
    it will end."""
    going = [day for day in due.days if not due.is_over(day)]
    ended = [day for day in (*due.days, *due.later) if due.is_over(day)]

    def windows(days: Sequence[str], length: int) -> Windows:
        return _windows(deployment, [due.window(day, length) for day in days], due, blocks, collector)

    if going:
        found = judge(windows(going, 1), watch=due.watch, evidence=evidence, days=1, sharing=len(LENGTHS))
        yield from ((day, 1, records) for day, records in zip(going, found, strict=True))
    if ended:
        lengths = [(length, windows(ended, length)) for length in LENGTHS]
        together = judge_together(lengths, watch=due.watch, evidence=evidence)
        for day, of_day in zip(ended, together, strict=True):
            each = zip(LENGTHS, of_day, strict=True)
            yield from ((day, length, records) for length, records in each if due.has_changed(day, length))


def newest_over(deployment: Deployment, work: Unit, *, now: datetime) -> str:
    """The newest local day that is over: rows of a later one have come, or it is past and nothing comes."""
    span, here = work.watch.span(deployment.id, by=DaysOf.EVENT), today(now, deployment.time_zone)
    if span is None:
        return moved(here, -1)
    newest, (arrived, _) = min(span[1], moved(here, 1)), work.watch.arrivals(deployment.id)
    still = arrived is None or now - arrived > SETTLED
    return newest if newest < here and still else moved(newest, -1)


def _windows(
    deployment: Deployment,
    groups: Sequence[Sequence[Sheet]],
    due: Due,
    blocks: Mapping[str, Sequence[DayBlocks]] | None,
    collector: Collector,
) -> Windows:
    kept: dict[str, Counts] = {}

    def of(model: str) -> Counts:
        if model not in kept:
            kept[model] = _baseline(deployment, model, due.watch, collector)
        return kept[model]

    found = windows_of(groups, due.models, watch=due.watch, baseline=of, blocks=blocks)
    accepted = standing(due.accepted, bin_sets=due.watch.number)
    return rebased(found, groups, due.models, watch=due.watch, accepted=accepted)


def _blocks(
    deployment: Deployment, due: Due, evidence: Evidence, collector: Collector
) -> tuple[Mapping[str, Sequence[DayBlocks]] | None, Sequence[DayBlocks]]:
    """When the rows happened, where there is a season to be matched, and what of that is new."""
    if not evidence.seasons or not due.sheets:
        return None, []
    with collector.look() as work:
        return read_blocks(deployment, sorted(due.sheets), changed=due.days, watch=due.watch, work=work)


def _baseline(deployment: Deployment, model: str, watch: Watched, collector: Collector) -> Counts:
    """Nothing, where the model's files are gone: its predictions then have not enough data."""
    try:
        with collector.unit() as work:
            return baseline(deployment, model, watch=watch, work=work, places=collector.places)
    except ReferenceGone:
        return np.zeros(watch.prediction.size, dtype=np.int64)


def _evidence(deployment: Deployment, due: Due, collector: Collector) -> Evidence:
    models = due.known_models
    find_dependences(deployment, models, watch=due.watch, collector=collector)
    find_almanacs(deployment, models, watch=due.watch, collector=collector)
    with collector.look() as work:
        known = {of: known_dependence(deployment, of, work=work) for of in (FEATURES, *models)}
        seasons = known_almanacs(deployment, models, watch=due.watch, work=work)
    return Evidence(due.said.policy, known.pop(FEATURES), known, seasons)


def _issued(day: str, length: int, records: Records, due: Due, *, at: datetime) -> DayVerdicts:
    before, sheets = due.before.get((day, length)), due.window(day, length)
    champions = [sheet for sheet in sheets if sheet.role == Role.CHAMPION]
    revision = (before.revision if before else PROVISIONAL) + 1 if due.is_over(day) else PROVISIONAL
    fresh = DayVerdicts(
        day=day,
        bin_sets=due.watch.number,
        policy=due.said.number,
        release=max(sheet.release for sheet in sheets),
        revision=revision,
        counted=due.counted(day, length),
        late=sum(sheet.late for sheet in champions),
        at=at,
        records=records,
        acceptance=entry_of(due.accepted, day),
        days=length,
    )
    return replace(fresh, records=_told(fresh, before, due, rows=sum(sheet.rows for sheet in champions)))


def _told(fresh: DayVerdicts, before: DayVerdicts | None, due: Due, *, rows: int) -> Records:
    """What alarms may be raised on: as long as rows come in time, what has drifted; of what came beyond the lateness
    limit, nothing new; nor of what has been accepted, of which whoever accepted it knows. Where an acceptance was
    withdrawn, what is told is what would be if the day had never been judged: what was known no longer is."""
    records = fresh.records.copy()
    drifted, all_late = records["verdict"] == DRIFTED, rows > 0 and fresh.late >= rows
    if fresh.revision == PROVISIONAL:
        records["told"] = 0
    elif before is None:
        records["told"] = drifted & (not all_late)
    elif before.revision == PROVISIONAL:
        records["told"] = drifted
    elif fresh.acceptance != before.acceptance:
        again = withdrawn_since(due.accepted, fresh.day, number=before.acceptance) and not all_late
        records["told"] = drifted & np.where(
            _newly_accepted(fresh, before, due) | (not again), before.records["told"], 1
        )
    elif fresh.late > before.late:
        records["told"] = before.records["told"]
    else:
        records["told"] = drifted
    return records


def _newly_accepted(fresh: DayVerdicts, before: DayVerdicts, due: Due) -> Flags:
    """Which columns are held, on this day, against what was accepted after it was judged before."""
    held = on_day(standing(due.accepted, bin_sets=fresh.bin_sets), fresh.day)
    fresh_ones = {name for name, each in held.items() if each.number > before.acceptance}
    return np.array([column.name in fresh_ones for column in columns_of(due.watch)], dtype=np.bool_)
