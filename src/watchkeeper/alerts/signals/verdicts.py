"""How many features and predictions have drifted, by the verdicts on which the policy lets alarms be raised."""

from collections.abc import Sequence

import numpy as np

from watchkeeper.alerts.rule import Reading, Rule
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.drift.lasting import lasting_in_any
from watchkeeper.monitoring.drift.sides import Flags
from watchkeeper.monitoring.drift.windows import Records
from watchkeeper.monitoring.policy import LIMITS, in_force
from watchkeeper.monitoring.ports import Changed, DayVerdicts
from watchkeeper.monitoring.ports.verdicts import PROVISIONAL
from watchkeeper.monitoring.references.trailing import LENGTHS, LONGEST, numbered, together_of
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.verdicts.verdicts import columns_of

LEAST = 1e-9
"""What a drifted column is by at least, so that it is one."""
FARTHEST = int(LIMITS["in_a_row"][1]) + LONGEST


def read(question: Question, start: str, end: str) -> list[Reading]:
    """Of each day that is over: its columns that have drifted on so many days in a row, that day among them, by
    themselves or in one of the longer windows that they end."""
    deployment, work = question.deployment, question.work
    if work.watch.bin_sets(deployment.id) is None:
        return []
    watch = watched(deployment, work=work, places=question.places)
    wider = {"start": moved(start, -FARTHEST), "end": moved(end, FARTHEST)}
    issued = [
        each
        for each in work.verdicts.between(deployment.id, **wider)
        if each.bin_sets == watch.number and each.revision != PROVISIONAL
    ]
    if not issued:
        return []
    longer = [each for each in work.verdicts.trailing(deployment.id, **wider) if each.bin_sets == watch.number]
    together = together_of(issued, longer, ("verdict", "told", "effect", "p_value"))
    found = lasting_of(issued, together, in_force(work.policies.said(deployment.id)).policy.in_a_row)
    names = [column.name for column in columns_of(watch)]
    each = zip(issued, together, found, strict=True)
    return [_reading(day, of_day, now, names) for day, of_day, now in each if start <= day.day <= end]


def lasting_of(issued: Sequence[DayVerdicts], together: Records, in_a_row: int) -> Flags:
    """Of shape (days, columns): whether the column may be told of on that day, and on enough others around it that no
    day with rows parts them."""
    days = numbered([each.day for each in issued])
    told, codes, p_values = together["told"] > 0, together["verdict"], together["p_value"]
    return lasting_in_any(days, LENGTHS, told, codes, p_values, in_a_row)


def _reading(day: DayVerdicts, of_day: Records, lasting_now: Flags, names: Sequence[str]) -> Reading:
    sizes = np.where(of_day["told"] > 0, of_day["effect"], 0.0).max(axis=0)
    columns = {names[place]: max(float(sizes[place]), LEAST) for place in np.flatnonzero(lasting_now).tolist()}
    about = max(columns, key=lambda each: columns[each], default="")
    return Reading(day.day, int(day.records["rows"].max()), float(len(columns)), about=about, columns=columns)


def _reach(rule: Rule) -> int:
    """How many days in a row are asked for is the policy's, and at most so many; and a day lies in longer windows."""
    del rule
    return FARTHEST


VERDICTS = Signal(
    name="verdicts",
    title="What has drifted",
    headline="{about} drifted",
    measure=Measure.COLUMNS,
    read=read,
    of=frozenset({Changed.VERDICTS, Changed.FAULTS}),
    reach=_reach,
    by_column=True,
)
