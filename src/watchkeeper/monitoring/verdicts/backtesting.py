"""What would have been said of a stretch of the past, had another drift policy been in force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.acceptance import standing
from watchkeeper.monitoring.days import days_between, moved
from watchkeeper.monitoring.drift.lasting import lasting_in_any, runs
from watchkeeper.monitoring.drift.sides import Flags
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import DRIFTED, NO_ROWS, Records
from watchkeeper.monitoring.errors import TooManyDays
from watchkeeper.monitoring.policy import DriftPolicy
from watchkeeper.monitoring.ports import JournalPlaces, Unit
from watchkeeper.monitoring.references.drifting import added_up, models_of
from watchkeeper.monitoring.references.rebasing import rebased
from watchkeeper.monitoring.references.trailing import LENGTHS, LONGEST, by_day, numbered, trailing
from watchkeeper.monitoring.references.watching import FEATURES, watched
from watchkeeper.monitoring.references.windows import Evidence, judge_together, windows_of
from watchkeeper.monitoring.verdicts.almanacs import known_almanacs
from watchkeeper.monitoring.verdicts.depending import known_dependence
from watchkeeper.monitoring.verdicts.verdicts import columns_of, held_out, overall
from watchkeeper.serving.deployment import Deployment

MOST_DAYS = 400
BEFORE = 2 * LONGEST
"""Days before the period that are judged too: the longer windows that end in it, and what is told of these."""
DAYS_AT_ONCE = 30
A_MONTH = 30


@dataclass(frozen=True)
class Alarm:
    """One that would have been raised: of a column that drifted on `days` days with rows, one after the other, in the
    windows of some length that they end.

    Attributes:
        began: the first of them that lies in the period.
        raised: the one on which there were as many in a row as the policy asks for; where that was before the period,
            `stood`, and it is the period's first with rows.
        ended: the last of them.
    """

    column: str
    began: str
    raised: str
    ended: str
    days: int
    stood: bool = False


@dataclass(frozen=True)
class Backtest:
    """Attributes:
    days: those with rows: the verdict of each over all columns, and what had drifted.
    alarms: in the order in which they would have been raised.
    expected: how many days of these would have a false verdict with no drift anywhere; an alarm takes several in a row.
    """

    policy: DriftPolicy
    start: str
    end: str
    days: Sequence[tuple[str, Verdict | None, tuple[str, ...]]]
    alarms: Sequence[Alarm]

    @property
    def alarms_a_month(self) -> float:
        """Of thirty days with rows; of those that were raised in the period."""
        raised = sum(not each.stood for each in self.alarms)
        return raised * A_MONTH / len(self.days) if self.days else 0.0

    @property
    def expected(self) -> float:
        return len(self.days) * self.policy.alpha


def backtest(
    deployment: Deployment, policy: DriftPolicy, *, start: str, end: str, work: Unit, places: JournalPlaces
) -> Backtest:
    """From the profiles of the days from start to end, both included, as they are now: rows that came late count as if
    they had come in time. Raise TooManyDays."""
    if (count := len(days_between(start, end))) > MOST_DAYS:
        raise TooManyDays(
            f"{count:,} days are more than the {MOST_DAYS} that are tried at once; give a start nearer to the end.",
            fields=("start", "end"),
        )
    before = list(_judged(deployment, policy, start=moved(start, -BEFORE), end=end, work=work, places=places))
    judged = [(day, records) for day, records in before if day >= start]
    names = [each.name for each in columns_of(watched(deployment, work=work, places=places))]
    return Backtest(
        policy=policy,
        start=start,
        end=end,
        days=[(day, *_said(records, names)) for day, records in judged],
        alarms=_alarms(before, names, policy.in_a_row, start=start) if judged else (),
    )


def _judged(
    deployment: Deployment, policy: DriftPolicy, *, start: str, end: str, work: Unit, places: JournalPlaces
) -> Iterator[tuple[str, Records]]:
    """Each day with rows, and the windows that it ends, as the worker judges them: of shape (lengths, columns)."""
    watch, models = watched(deployment, work=work, places=places), models_of(deployment, work=work)
    begins = moved(start, 1 - LONGEST)
    sheets = by_day(added_up(work.watch.sheets(deployment.id, start=begins, end=end), models))
    blocks = work.hours.blocks(deployment.id, start=begins, end=end)
    days = [day for day in sorted(sheets) if day >= start]
    baseline = held_out(deployment, watch, work=work, places=places)
    accepted = standing(work.acceptances.all(deployment.id), bin_sets=watch.number)
    held = sorted({model for model in models.values() if model is not None})
    evidence = Evidence(
        policy=policy,
        features=known_dependence(deployment, FEATURES, work=work),
        predictions={model: known_dependence(deployment, model, work=work) for model in held},
        seasons=known_almanacs(deployment, held, watch=watch, work=work),
    )
    for first in range(0, len(days), DAYS_AT_ONCE):
        part = days[first : first + DAYS_AT_ONCE]
        lengths = []
        for length in LENGTHS:
            groups = [trailing(sheets, day, length=length) for day in part]
            windows = windows_of(groups, models, watch=watch, baseline=baseline, blocks=blocks)
            lengths.append((length, rebased(windows, groups, models, watch=watch, accepted=accepted)))
        yield from zip(part, judge_together(lengths, watch=watch, evidence=evidence), strict=True)


def _said(of_day: Records, names: Sequence[str]) -> tuple[Verdict | None, tuple[str, ...]]:
    codes = of_day["verdict"][LENGTHS.index(1)]
    verdict = overall([CODES[code] for code in np.unique(codes).tolist() if code != NO_ROWS])
    return verdict, tuple(names[place] for place in np.flatnonzero(codes == DRIFTED).tolist())


def _alarms(
    judged: Sequence[tuple[str, Records]], names: Sequence[str], in_a_row: int, *, start: str
) -> Sequence[Alarm]:
    """Those that stand on `start` or later, from records of shape (lengths, columns). The days before tell which of
    the longer windows are of what was over by then."""
    days, records = [day for day, _ in judged], np.stack([each for _, each in judged])
    codes = records["verdict"]
    going = lasting_in_any(numbered(days), LENGTHS, codes == DRIFTED, codes, records["p_value"], in_a_row)
    silent: Flags = (codes == NO_ROWS).all(axis=1)
    found = [
        _alarm(name, [days[at] for at in run], in_a_row, start=start)
        for place, name in enumerate(names)
        for run in runs(going[:, place], silent[:, place])
        if days[run[-1]] >= start
    ]
    return sorted(found, key=lambda each: (each.raised, each.column))


def _alarm(column: str, run: Sequence[str], in_a_row: int, *, start: str) -> Alarm:
    raised, within = run[min(in_a_row, len(run)) - 1], [day for day in run if day >= start]
    return Alarm(column, within[0], max(raised, within[0]), run[-1], len(within), stood=raised < start)
