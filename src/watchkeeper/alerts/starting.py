"""The rules that every deployment starts with: sensible before anybody has thought of them.

Where one of several windows is enough, the windows say how long all has to be well before a firing closes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchkeeper.alerts.ports import Unit
from watchkeeper.alerts.rule import Rule
from watchkeeper.clock import Clock
from watchkeeper.monitoring.answers.performing import metric_of
from watchkeeper.monitoring.performance.metrics import lower_is_better
from watchkeeper.names import new_id
from watchkeeper.serving.deployment import Deployment

MORE, LESS = 1.5, 0.075
"""Times the hold-out's error, and how far below the hold-out's share, that performance may be worse."""
STARTED_BY = ""


@dataclass(frozen=True)
class Start:
    """A rule to be, for any deployment."""

    name: str
    signal: str
    threshold: float
    minimum_rows: int = 1
    needed: int = 1
    windows: int = 1
    days: int = 1
    sure: bool = False


STARTS = (
    Start("Values break the signature", "violations", 0.1, minimum_rows=20, needed=2, windows=7),
    Start("Calls fail", "errors", 0.05, minimum_rows=20),
    Start("Answers are slow", "response_time", 1000.0, minimum_rows=20),
    Start("Nobody calls", "no_traffic", 48.0, minimum_rows=3),
    Start("Rows stay away", "stale", 0.0),
    Start("Labels are missing", "missing_labels", 0.5, minimum_rows=20, needed=2, windows=7, days=14),
    Start("The champion is down", "probe", 30.0),
    Start("A pipeline's run failed", "runs", 0.0),
    Start("The disk is nearly full", "disk", 0.0),
)


VERDICTS_START = Start("A column has drifted", "verdicts", 0.0)
FAULTS_START = Start("The data broke", "faults", 0.0, needed=2, windows=3)


def start_rules(deployment: Deployment, *, work: Unit, clock: Clock) -> None:
    """Once for every deployment; those that were removed since do not come back."""
    if work.rules.begun(deployment.id):
        return
    work.rules.begin(deployment.id)
    for start in (*_drift(deployment, work), *STARTS, *_performance(deployment, work)):
        work.rules.add(_rule(deployment, vars(start), now=clock.now()))


def performance_start(metric: str, known: float) -> Start:
    """For a metric that was so on the hold-out."""
    limit = known * MORE if lower_is_better(metric) else known - LESS
    return Start(
        "The performance falls", "performance", limit, minimum_rows=30, needed=3, windows=14, days=7, sure=True
    )


def _drift(deployment: Deployment, work: Unit) -> Iterator[Start]:
    """Where there is a reference to hold anything against."""
    champion = work.experiments.model(work.deployments.current(deployment.id).champion)
    version = work.experiments.version(champion.version) if champion else None
    if version is not None and version.bin_sets is not None:
        yield from (VERDICTS_START, FAULTS_START)


def _performance(deployment: Deployment, work: Unit) -> Iterator[Start]:
    """Worse than on the model's hold-out, by more than the last seven days can owe to chance."""
    metric, _ = metric_of(deployment, work=work)
    champion = work.experiments.model(work.deployments.current(deployment.id).champion)
    known = ((champion.card if champion else None) or {}).get("metrics", {}).get(metric)
    if isinstance(known, int | float):
        yield performance_start(metric, known)


def _rule(deployment: Deployment, start: Mapping[str, Any], *, now: datetime) -> Rule:
    return Rule(
        **start,
        id=new_id(),
        project=deployment.project,
        deployment=deployment.id,
        metric=None,
        channels=None,
        enabled=True,
        starting=True,
        anew="",
        created=now,
        created_by=STARTED_BY,
    )
