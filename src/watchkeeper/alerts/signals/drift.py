"""Drift: of the features against what is usual for them, of all of them together, and of the prediction."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.days import days_between, moved
from watchkeeper.monitoring.drifting import MEASURE, Drifted, drift, features_drift, view
from watchkeeper.monitoring.ports import Changed, Counts, Sheet
from watchkeeper.monitoring.usual import times_usual, usual_of
from watchkeeper.monitoring.watching import watched
from watchkeeper.serving.deployment import Role

Part = Callable[[Drifted], float | None]


def read_features(question: Question, start: str, end: str) -> list[Reading]:
    """How many times the most that is usual for it the feature lies from its reference for which that is most; over the
    rule's days up to each day with rows."""
    deployment, work, length = question.deployment, question.work, question.rule.days
    watch = watched(deployment, work=work, places=question.places)
    usual = usual_of(deployment, watch=watch, work=work, places=question.places)
    by_day = _by_day(work.watch.sheets(deployment.id, start=moved(start, 1 - length), end=end))
    found = []
    for day in days_between(start, end):
        if day in by_day and watch.features:
            mine = [by_day[each] for each in days_between(moved(day, 1 - length), day) if each in by_day]
            rows, counts = sum(rows for rows, _ in mine), np.sum([counts for _, counts in mine], axis=0)
            ratios = times_usual(features_drift(watch, counts, measure=MEASURE), usual.over(len(mine), rows))
            worst = int(np.nanargmax(ratios))
            found.append(Reading(day, rows, float(ratios[worst]), about=watch.names[worst]))
    return found


def _by_day(sheets: Sequence[Sheet]) -> dict[str, tuple[int, Counts]]:
    """The champion's rows and counts."""
    days: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        if sheet.role == Role.CHAMPION and sheet.rows:
            days[sheet.day].append(sheet)
    return {
        day: (sum(each.rows for each in found), np.sum([each.counts for each in found], axis=0))
        for day, found in days.items()
    }


def _reading(part: Part) -> Callable[[Question, str, str], Sequence[Reading]]:
    def read(question: Question, start: str, end: str) -> list[Reading]:
        seen = view(question.deployment, start=start, end=end, work=question.work, places=question.places)
        champion = [(day, roles[Role.CHAMPION]) for day, roles in drift(seen, start=start, end=end).days]
        return [Reading(day, each.rows, part(each)) for day, each in champion if each.rows]

    return read


DRIFT = Signal(
    name="drift",
    title="The drift of a feature",
    headline="{about} drifted",
    measure=Measure.TIMES_USUAL,
    read=read_features,
    of=frozenset({Changed.ROWS}),
)
GLOBAL_DRIFT = Signal(
    name="global_drift",
    title="The global drift of a day",
    headline="The inputs drifted",
    measure=Measure.DISTANCE,
    read=_reading(lambda each: each.overall),
    of=frozenset({Changed.ROWS}),
)
PREDICTION_DRIFT = Signal(
    name="prediction_drift",
    title="The drift of a day's predictions",
    headline="The predictions drifted",
    measure=Measure.DISTANCE,
    read=_reading(lambda each: each.prediction),
    of=frozenset({Changed.ROWS}),
)
