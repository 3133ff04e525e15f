"""The Electricity Forecast, told through the public SDK and HTTP alone."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from watchkeeper.demo.haste import Haste
from watchkeeper.demo.history import TARGET, TIME, ZONE, Day, History
from watchkeeper.demo.pacing import Pace
from watchkeeper.sdk import Client, Deployment, Model, Project, Version
from watchkeeper.sdk.alerts.firings import Firing
from watchkeeper.sdk.errors import Conflict, Unavailable, Unreachable
from watchkeeper.sdk.labels import Labels
from watchkeeper.sdk.monitoring.performance import Window

PROJECT, QUESTION, ADDRESS = "Electricity Forecast", "day ahead", "day-ahead"
CALLER = "the forecast's caller"
BUDGET = "60s"
RETRAINING: Mapping[str, Any] = {
    "clock": "event",
    "days": 365,
    "budget": "10s",
    "learners": ("lightgbm",),
    "shadow": "14d",
    "watch": "12d",
}
EVER = 36_600
"""Days back that hold everything, whenever it happened."""
PATIENCE, PAUSE = 60.0, 0.25
"""Seconds."""
ROLES: tuple[Literal["champion"], Literal["challenger"]] = ("champion", "challenger")


class Telling(Protocol):
    """Where the story shows how far it is."""

    def step(self, words: str, *, total: float) -> Callable[[float, str], None]:
        """Begin a step; what is returned says how much of `total` is done, and a word about it."""
        ...


@dataclass(frozen=True)
class Told:
    """What happened, as the last line of `watchkeeper demo --json` says it."""

    outcome: Mapping[str, Any]


def tell(client: Client, history: History, *, telling: Telling) -> Told:
    project = _project(client)
    # Made first: before the models are trained, every process has long heard of it.
    key = project.keys.create(CALLER)
    champion, challenger = _two_best(_learn(project, history, telling))
    deployment = project.deployments.create(ADDRESS, champion=champion, challenger=challenger, time_zone=ZONE)
    pipeline = deployment.pipelines.retrain(**RETRAINING)
    pace = Pace(deployment, Haste(project, deployment, pipeline))
    truth = replay(deployment.calling_with(key), history, labels=deployment.labels, pace=pace, telling=telling)
    _settle(deployment, history, telling=telling)
    _count_labels(deployment, len(truth), telling=telling)
    return Told(_outcome(client, project, deployment.refresh(), history, truth))


def replay(
    deployment: Deployment,
    history: History,
    *,
    labels: Labels | None = None,
    pace: Callable[[Day, int], None] = lambda day, labels: None,  # noqa: ARG005
    telling: Telling,
) -> dict[str, float]:
    """Send each day in one call, in its own time, and its truth to `labels` a day later; the truth by prediction id.

    Each row carries an id of its own, so a call that broke off is sent again without counting twice. `pace` is called
    after each day with the number of labels sent.
    """
    report = telling.step("Replaying production, a day a call", total=len(history.days))
    truth: dict[str, float] = {}
    yesterday: dict[str, float] = {}
    for number, day in enumerate(history.days, start=1):
        ids = _ids(deployment, day)
        _send(deployment, day.rows, ids)
        _label(labels, yesterday)
        pace(day, len(truth))
        yesterday = dict(zip(ids, day.truth, strict=True))
        truth |= yesterday
        report(number, day.day.isoformat())
    _label(labels, yesterday)
    return truth


def _label(labels: Labels | None, truth: Mapping[str, float]) -> None:
    if labels is not None and truth:
        labels.send([{"id": name, "value": value} for name, value in truth.items()])


def mape(ids: Sequence[str], predictions: Sequence[float], truth: Mapping[str, float]) -> float | None:
    """The mean absolute percentage error, in percent, over the predictions whose truth is known and not 0.

    None where there is no such prediction.
    """
    errors = [
        abs(value - known) / abs(known)
        for name, value in zip(ids, predictions, strict=True)
        if (known := truth.get(name))
    ]
    return 100 * sum(errors) / len(errors) if errors else None


def _project(client: Client) -> Project:
    """A project of this name, or the next number of it: an earlier telling is left as it was."""
    for number in range(1, 1000):
        name = PROJECT if number == 1 else f"{PROJECT} {number}"
        try:
            return client.projects.create(name, description="Half-hourly demand, forecast from weather and calendar")
        except Conflict:
            continue
    raise Unavailable("There are a thousand Electricity Forecasts here already.")


def _learn(project: Project, history: History, telling: Telling) -> Version:
    report = telling.step("Bringing the past in", total=1.0)
    dataset = project.datasets.upload("demand, the past", history.past, progress=lambda share: report(share, ""))
    report(1.0, f"{dataset.rows:,} rows")
    experiment = project.experiments.create(QUESTION, target=TARGET, time=TIME, time_zone=ZONE, exclude=history.exclude)
    training = telling.step("Training", total=1.0)
    return experiment.train(dataset, metric="mape", budget=BUDGET, progress=training)


def _two_best(version: Version) -> tuple[Model, Model]:
    scored = [model for model in version.models if model.rank is not None]
    if len(scored) < len(ROLES):
        raise Unavailable(f"Only {len(scored)} model was trained in {BUDGET}, and the story needs two. Tell it again.")
    return scored[0], scored[1]


def _ids(deployment: Deployment, day: Day) -> list[str]:
    return [f"{deployment.slug} {row[TIME]}" for row in day.rows]


def _send(deployment: Deployment, rows: Sequence[Mapping[str, Any]], ids: Sequence[str]) -> None:
    """Patient while a prediction process is being replaced."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            deployment.predict(rows, ids=ids)
        except (Unavailable, Unreachable):
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE)
        else:
            return


def _settle(deployment: Deployment, history: History, *, telling: Telling) -> None:
    """Wait until the journal is collected and the challenger owes nothing; as long as it goes on."""
    total = sum(len(day.rows) for day in history.days) * len(ROLES)
    report = telling.step("Collecting the journal", total=total)
    best, deadline = -1, time.monotonic() + PATIENCE
    for counted in _counted(deployment, history):
        report(counted, "")
        if counted >= total:
            return
        if counted > best:
            best, deadline = counted, time.monotonic() + PATIENCE
        if time.monotonic() > deadline:
            raise Unavailable("The journal is not being collected; the worker's log says why.")
        time.sleep(PAUSE)


def _count_labels(deployment: Deployment, total: int, *, telling: Telling) -> None:
    """Wait until every label has been counted; as long as it goes on."""
    report = telling.step("Counting the labels", total=total)
    best, deadline = -1, time.monotonic() + PATIENCE
    while True:
        status = deployment.labels.status()
        report(status.matched, "")
        if status.matched >= total and not status.days_waiting:
            return
        if (done := status.matched - status.days_waiting) > best:
            best, deadline = done, time.monotonic() + PATIENCE
        if time.monotonic() > deadline:
            raise Unavailable("The labels are not being counted; the worker's log says why.")
        time.sleep(PAUSE)


def _counted(deployment: Deployment, history: History) -> Iterator[int]:
    """How many rows of both roles are collected, each time anew."""
    first, last = history.days[0].day, history.days[-1].day
    while True:
        total = deployment.usage(start=first, end=last).total
        yield sum(total[role].rows for role in ROLES)


def _outcome(
    client: Client,
    project: Project,
    deployment: Deployment,
    history: History,
    truth: Mapping[str, float],
) -> dict[str, Any]:
    runs = [run for pipeline in deployment.pipelines.list() for run in pipeline.runs.list()]
    answered = {role: _answered(deployment, role, truth) for role in ROLES}
    return {
        "url": client.url,
        "project": project.slug,
        "deployment": deployment.address,
        "rows": len(truth),
        "days": len(history.days),
        "predictions": {role: count for role, (count, _) in answered.items()},
        **{
            role: {"learner": getattr(deployment, role).learner, "mape": error} for role, (_, error) in answered.items()
        },
        "usage": _used(deployment),
        "drift": _drifted(deployment),
        "labels": deployment.labels.status().matched,
        "performance": _performed(deployment),
        "comparison": deployment.comparison(days=EVER).sentence,
        "summary": deployment.summary().sentence,
        "firings": [_fired(firing) for firing in sorted(deployment.firings.list(), key=lambda each: each.opened)],
        "runs": {state: sum(run.state == state for run in runs) for state in ("done", "failed")},
        "releases": len(deployment.releases.list()),
    }


def _fired(firing: Firing) -> dict[str, str | None]:
    closed = firing.closed.isoformat() if firing.closed else None
    return {"rule": firing.rule_name, "opened": firing.opened.isoformat(), "closed": closed, "what": firing.headline}


def _performed(deployment: Deployment) -> dict[str, dict[str, float | None]]:
    """The mean absolute percentage error by month, in percent."""
    found = deployment.performance(days=EVER, by="month")
    return {role: {w.name: _percent(w, role) for w in found.windows} for role in ROLES}


def _percent(window: Window, role: str) -> float | None:
    scored = getattr(window, role)
    value = scored.metrics["mape"].value if scored else None
    return None if value is None else 100 * value


def _answered(
    deployment: Deployment, role: Literal["champion", "challenger"], truth: Mapping[str, float]
) -> tuple[int, float | None]:
    """How many predictions a role's journal holds, and their error in percent."""
    journal: Any = deployment.journal(role=role).to_arrow()
    error = mape(journal["id"].to_pylist(), journal["prediction"].to_pylist(), truth)
    return journal.num_rows, None if error is None else round(error, 3)


def _used(deployment: Deployment) -> dict[str, Any]:
    used = deployment.usage(days=EVER).total["champion"]
    return {"calls": used.calls, "errors": used.errors, "response_ms": used.mean_ms}


def _drifted(deployment: Deployment) -> dict[str, Any]:
    drift = deployment.drift(days=EVER)
    champion = drift.total["champion"]
    size = champion.global_drift.effect.estimate if champion.global_drift else None
    return {"global": size, "measure": drift.measure, "features": dict(champion.features)}
