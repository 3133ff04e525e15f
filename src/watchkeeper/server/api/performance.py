"""How good a deployment's answers were, and whether the challenger is better."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from watchkeeper.access.role import Right
from watchkeeper.charts.performance import performance_chart
from watchkeeper.monitoring.performance.comparing import Comparison, Verdict
from watchkeeper.monitoring.performance.metrics import lower_is_better
from watchkeeper.monitoring.performing import Compared, Grain, Performance, Window, comparison, performance
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.monitoring import Days, End, Start, the_period
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Role
from watchkeeper.storage.work import Work

router = APIRouter(tags=["performance"])
By = Annotated[Grain, Query(description="The windows: days, weeks (from Monday) or months of the deployment's zone.")]
Metric = Annotated[str | None, Query(description="Which metric to draw; the deployment's own without.")]


@router.get("/deployments/{deployment}/performance", **needs(Right.READ))
def get_performance(
    deployment: str,
    assembly: TheAssembly,
    by: By = Grain.DAY,
    days: Days = None,
    start: Start = None,
    end: End = None,
) -> dict[str, Any]:
    """Each metric by window, with its 95 % interval, or why there is none; beside it how many of the rows have a
    label."""
    with assembly.store.look() as work:
        return show_performance(read_performance(deployment, work, assembly, by=by, days=days, start=start, end=end))


@router.get("/deployments/{deployment}/performance/chart", **needs(Right.READ))
def get_performance_chart(
    deployment: str,
    assembly: TheAssembly,
    by: By = Grain.DAY,
    days: Days = None,
    start: Start = None,
    end: End = None,
    metric: Metric = None,
) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    with assembly.store.look() as work:
        found = show_performance(read_performance(deployment, work, assembly, by=by, days=days, start=start, end=end))
    return performance_chart(found, metric=metric)


@router.get("/deployments/{deployment}/comparison", **needs(Right.READ))
def get_comparison(
    deployment: str, assembly: TheAssembly, days: Days = None, start: Start = None, end: End = None
) -> dict[str, Any]:
    """Is the challenger better: on the labelled rows that both models in force answered, the difference in the
    deployment's metric (challenger less champion) with its 95 % interval, and a verdict in words."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        return show_comparison(comparison(found, start=first, end=last, work=work))


def read_performance(
    deployment: str,
    work: Work,
    assembly: Assembly,
    *,
    by: Grain,
    days: int | None,
    start: date | None,
    end: date | None,
) -> Performance:
    found = the_deployment(deployment, work)
    first, last = the_period(found, work, assembly, days=days, start=start, end=end)
    return performance(found, by=by, start=first, end=last, work=work)


def show_performance(found: Performance) -> dict[str, Any]:
    return {
        "metric": found.metric,
        "lower_is_better": lower_is_better(found.metric),
        "task": found.task,
        "by": found.by,
        "time_zone": found.time_zone,
        "start": found.start,
        "end": found.end,
        "windows": [_window(each) for each in found.windows],
        "total": _window(found.total),
    }


def show_comparison(found: Compared) -> dict[str, Any]:
    """What is compared is null where there is nothing to compare; the sentence then says why."""
    return {
        "start": found.start,
        "end": found.end,
        "verdict": found.of.verdict if found.of else Verdict.UNKNOWN,
        "sentence": sentence_of(found),
        "of": asdict(found.of) if found.of else None,
        "others": {name: asdict(each) for name, each in found.others.items()},
    }


def sentence_of(found: Compared) -> str:
    if found.of is None:
        return found.reason or ""
    return _sentence(found.of)


def _sentence(of: Comparison) -> str:
    if of.difference is None or of.low is None or of.high is None or of.probability_better is None:
        return f"Not known yet: {of.reason}."
    unit = "percentage points" if of.metric in {"mape", "accuracy", "precision", "recall"} else of.metric
    scale = 100 if unit == "percentage points" else 1
    size, low, high = (f"{abs(each) * scale:.3g}" for each in (of.difference, of.low, of.high))
    sure = f"{min(max(of.probability_better, 1 - of.probability_better), 0.999):.1%}".replace(".0%", "%")
    rows = f"on {of.rows:,} rows that both answered"
    match of.verdict:
        case Verdict.BETTER | Verdict.WORSE:
            span = " to ".join(sorted((low, high), key=float))
            return f"The challenger is {of.verdict} by {size} {unit} ({span}), {sure.replace('%', ' %')} sure, {rows}."
        case Verdict.ALIKE:
            return f"There is no difference worth having: {size} {unit}, {rows}."
    which = "better" if of.probability_better >= 0.5 else "worse"
    return f"Not known yet: the challenger looks {which} by {size} {unit}, {sure.replace('%', ' %')} sure, {rows}."


def _window(window: Window) -> dict[str, Any]:
    roles = {role.value: asdict(window.roles[role]) if role in window.roles else None for role in Role}
    return {"window": window.name, "start": window.start, "end": window.end, **roles}
