"""How many features and predictions have drifted, by the verdicts on which the policy lets alarms be raised."""

from collections.abc import Sequence

import numpy as np

from watchkeeper.alerts.rule import Reading, Rule
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.drift.lasting import lasting_in_any, runs
from watchkeeper.monitoring.drift.sides import Counts, Flags
from watchkeeper.monitoring.drift.windows import DRIFTED, NO_ROWS, Records
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
    """Of each day that is over: its columns that have drifted on so many days in a row, that day the last of them or a
    later one, by themselves or in one of the longer windows that they end."""
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
    in_a_row = in_force(work.policies.said(deployment.id)).policy.in_a_row
    found = lasting_of(issued, together, in_a_row)
    began = _began(found, (together["verdict"] == NO_ROWS).all(axis=1), in_a_row)
    names = [column.name for column in columns_of(watch)]
    each = zip(issued, together, began, strict=True)
    days = [day.day for day in issued]
    return [_reading(day, of_day, now, names, days) for day, of_day, now in each if start <= day.day <= end]


def lasting_of(issued: Sequence[DayVerdicts], together: Records, in_a_row: int) -> Flags:
    """Of shape (days, columns): whether the column may be told of on that day, and on enough others around it that no
    day with rows parts them. Of what came too late to be told of by its day, longer windows do not tell either."""
    days = numbered([each.day for each in issued])
    told, codes, p_values = together["told"] > 0, together["verdict"], together["p_value"]
    by_itself = codes[:, 0] == DRIFTED
    return lasting_in_any(days, LENGTHS, told, codes, p_values, in_a_row, by_itself=by_itself)


def _began(found: Flags, silent: Flags, in_a_row: int) -> Counts:
    """Of shape (days, columns): the place of the day on which what is told of began, -1 where nothing is, as on the
    first days of a run, of which nobody knew yet that they would be so many."""
    began = np.full(found.shape, -1)
    for column in np.flatnonzero(found.any(axis=0)).tolist():
        for run in runs(found[:, column], silent[:, column]):
            began[run[in_a_row - 1 :], column] = run[0]
    return began


def _reading(day: DayVerdicts, of_day: Records, began: Counts, names: Sequence[str], days: Sequence[str]) -> Reading:
    sizes = np.where(of_day["told"] > 0, of_day["effect"], 0.0).max(axis=0)
    there = np.flatnonzero(began >= 0).tolist()
    columns = {names[place]: max(float(sizes[place]), LEAST) for place in there}
    return Reading(
        day.day,
        int(day.records["rows"].max()),
        float(len(columns)),
        about=max(columns, key=lambda each: columns[each], default=""),
        columns=columns,
        began={names[place]: days[began[place]] for place in there},
    )


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
