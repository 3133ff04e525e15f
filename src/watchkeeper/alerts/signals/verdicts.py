"""How many features and predictions have drifted, by the verdicts on which the policy lets alarms be raised."""

from collections.abc import Sequence

import numpy as np

from watchkeeper.alerts.rule import Reading, Rule
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.drift.lasting import lasting
from watchkeeper.monitoring.drift.sides import Flags
from watchkeeper.monitoring.drift.windows import NO_ROWS
from watchkeeper.monitoring.policy import LIMITS, in_force
from watchkeeper.monitoring.ports import Changed, DayVerdicts
from watchkeeper.monitoring.ports.verdicts import PROVISIONAL
from watchkeeper.monitoring.verdicts import columns_of
from watchkeeper.monitoring.watching import watched

LONGEST = int(LIMITS["in_a_row"][1])


def read(question: Question, start: str, end: str) -> list[Reading]:
    """Of each day that is over: its columns that have drifted on so many days in a row, that day among them."""
    deployment, work = question.deployment, question.work
    if work.watch.bin_sets(deployment.id) is None:
        return []
    watch = watched(deployment, work=work, places=question.places)
    wider = {"start": moved(start, -LONGEST), "end": moved(end, LONGEST)}
    issued = [
        each
        for each in work.verdicts.between(deployment.id, **wider)
        if each.bin_sets == watch.number and each.revision != PROVISIONAL
    ]
    if not issued:
        return []
    found = lasting_of(issued, in_force(work.policies.said(deployment.id)).policy.in_a_row)
    names = [column.name for column in columns_of(watch)]
    return [_reading(day, of, names) for day, of in zip(issued, found, strict=True) if start <= day.day <= end]


def lasting_of(issued: Sequence[DayVerdicts], in_a_row: int) -> Flags:
    """Of shape (days, columns): whether the column may be told of on that day, and on enough others around it that no
    day with rows parts them."""
    told = np.stack([each.records["told"] > 0 for each in issued])
    silent = np.stack([each.records["verdict"] == NO_ROWS for each in issued])
    return lasting(told, silent, in_a_row)


def _reading(day: DayVerdicts, lasting_now: Flags, names: Sequence[str]) -> Reading:
    rows, sizes = int(day.records["rows"].max()), np.where(lasting_now, day.records["effect"], -1.0)
    about = names[int(sizes.argmax())] if lasting_now.any() else ""
    return Reading(day.day, rows, float(lasting_now.sum()), about=about)


def _reach(rule: Rule) -> int:
    """How many days in a row are asked for is the policy's, and at most so many."""
    del rule
    return LONGEST


VERDICTS = Signal(
    name="verdicts",
    title="What has drifted",
    headline="{about} drifted",
    measure=Measure.COLUMNS,
    read=read,
    of=frozenset({Changed.VERDICTS, Changed.FAULTS}),
    reach=_reach,
)
