"""A firing's signal over the days around it, for a chart."""

from dataclasses import dataclass

from watchkeeper.alerts.firing import Firing
from watchkeeper.alerts.ports import Unit
from watchkeeper.alerts.rule import Reading, Rule
from watchkeeper.alerts.saying import metric_name
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.alerts.signals.signal import Question
from watchkeeper.clock import Clock
from watchkeeper.monitoring.days import moved, today
from watchkeeper.monitoring.ports import JournalPlaces
from watchkeeper.serving.deployment import Deployment

BEFORE, AFTER, LONGEST = 30, 14, 400


@dataclass(frozen=True)
class Shown:
    """`metric` is the one that is watched, where the signal has several."""

    start: str
    end: str
    readings: tuple[Reading, ...]
    metric: str | None


def around(
    firing: Firing, rule: Rule, *, deployment: Deployment, work: Unit, places: JournalPlaces, clock: Clock
) -> Shown:
    """From a month before it to a fortnight after it. A signal of the moment leaves nothing to look back on."""
    signal = SIGNALS[rule.signal]
    start = moved(firing.since, -BEFORE)
    end = moved(firing.closed, AFTER) if firing.closed else today(clock.now(), deployment.time_zone)
    span = work.watch.span(deployment.id, by="event")
    newest = max(span[1], firing.until) if span else end
    end = min(end, newest, moved(start, LONGEST))
    question = Question(deployment, rule, work, places, clock.now())
    readings = () if signal.momentary else tuple(signal.read(question, start, end))
    return Shown(start, end, readings, metric_name(rule, deployment, work))
