"""Drift: of the features against what is usual for them, of all of them together, and of the prediction."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals.signal import Measure, Question, Signal
from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.ports import Changed, Counts, Sheet
from watchkeeper.monitoring.references.drifting import MEASURE, Drifted, added_up, drift, features_drift, view
from watchkeeper.monitoring.references.usual import times_usual, usual_of
from watchkeeper.monitoring.references.watching import watched
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
    for window in _windows(by_day, length) if watch.features else ():
        if window.day >= start:
            drifts = features_drift(watch, window.counts, measure=MEASURE)
            ratios = np.nan_to_num(times_usual(drifts, usual.over(window.days, window.rows)), nan=-1.0)
            worst = int(ratios.argmax())
            value = float(ratios[worst]) if ratios[worst] >= 0 else None
            found.append(Reading(window.day, window.rows, value, about=watch.names[worst]))
    return found


@dataclass(frozen=True)
class Window:
    """`days` is how many of them have rows; `day` is the last."""

    day: str
    days: int
    rows: int
    counts: Counts


def _windows(by_day: Mapping[str, tuple[int, Counts]], length: int) -> Iterator[Window]:
    """One for each day with rows, in order; each costs the same, however long it is."""
    within: deque[str] = deque()
    rows, counts = 0, np.zeros_like(next(iter(by_day.values()))[1]) if by_day else np.zeros(0, dtype=np.int64)
    for day in sorted(by_day):
        within.append(day)
        rows, counts = rows + by_day[day][0], counts + by_day[day][1]
        first = moved(day, 1 - length)
        while within[0] < first:
            gone = within.popleft()
            rows, counts = rows - by_day[gone][0], counts - by_day[gone][1]
        yield Window(day, len(within), rows, counts)


def _by_day(sheets: Iterable[Sheet]) -> dict[str, tuple[int, Counts]]:
    """The champion's rows and counts."""
    champions = added_up((sheet for sheet in sheets if sheet.role == Role.CHAMPION and sheet.rows), {})
    return {each.day: (each.rows, each.counts) for each in champions}


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
    of=frozenset({Changed.ROWS, Changed.FAULTS}),
)
GLOBAL_DRIFT = Signal(
    name="global_drift",
    title="The distance of a day's inputs",
    headline="The inputs drifted",
    measure=Measure.DISTANCE,
    read=_reading(lambda each: each.overall),
    of=frozenset({Changed.ROWS}),
)
PREDICTION_DRIFT = Signal(
    name="prediction_drift",
    title="The distance of a day's predictions",
    headline="The predictions drifted",
    measure=Measure.DISTANCE,
    read=_reading(lambda each: each.prediction),
    of=frozenset({Changed.ROWS}),
)
