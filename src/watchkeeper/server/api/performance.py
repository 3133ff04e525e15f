"""How good a deployment's answers were, and whether the challenger is better."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from watchkeeper.access.role import Right
from watchkeeper.charts.comparison import comparison_chart
from watchkeeper.charts.performance import performance_chart
from watchkeeper.monitoring.answers.performing import (
    Compared,
    Grain,
    Performance,
    Scored,
    Window,
    comparison,
    performance,
)
from watchkeeper.monitoring.performance.metrics import lower_is_better
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.period import ThePeriod
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.serving.deployment import Role

router = APIRouter(tags=["performance"])
By = Annotated[Grain, Query(description="The windows: days, weeks (from Monday) or months of the deployment's zone.")]
Metric = Annotated[str | None, Query(description="Which metric to draw; the deployment's own without.")]


def read_performance(deployment: str, assembly: TheAssembly, period: ThePeriod, by: By = Grain.DAY) -> dict[str, Any]:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        return show_performance(performance(found, by=by, start=first, end=last, work=work))


def read_comparison(deployment: str, assembly: TheAssembly, period: ThePeriod) -> dict[str, Any]:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        return show_comparison(comparison(found, start=first, end=last, work=work))


ThePerformance = Annotated[dict[str, Any], Depends(read_performance)]
TheComparison = Annotated[dict[str, Any], Depends(read_comparison)]


@router.get("/deployments/{deployment}/performance", **needs(Right.READ))
def get_performance(found: ThePerformance) -> dict[str, Any]:
    """Each metric by window, with its 95 % interval, or why there is none; beside it how many of the rows have a
    label."""
    return found


@router.get("/deployments/{deployment}/performance/chart", **needs(Right.READ))
def get_performance_chart(found: ThePerformance, metric: Metric = None) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    return performance_chart(found, metric=metric)


@router.get("/deployments/{deployment}/comparison", **needs(Right.READ))
def get_comparison(found: TheComparison) -> dict[str, Any]:
    """Is the challenger better: on the labelled rows that both models in force answered, the difference in the
    deployment's metric (challenger less champion) with its 95 % interval, a verdict in words, and how many more days
    with labels it takes to know; then the difference of each day."""
    return found


@router.get("/deployments/{deployment}/comparison/chart", **needs(Right.READ))
def get_comparison_chart(found: TheComparison) -> dict[str, Any]:
    """The difference by day, as a Vega-Lite specification."""
    return comparison_chart(found)


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
        "metric": found.metric,
        "verdict": found.verdict,
        "sentence": found.sentence,
        "of": asdict(found.of) if found.of else None,
        "others": {name: asdict(each) for name, each in found.others.items()},
        "days": [vars(each) for each in found.by_day],
    }


def _window(window: Window) -> dict[str, Any]:
    roles = {role.value: _scored(window.roles[role]) if role in window.roles else None for role in Role}
    return {"window": window.name, "start": window.start, "end": window.end, **roles}


def _scored(of: Scored) -> dict[str, Any]:
    return {**vars(of), "metrics": {name: vars(each) for name, each in of.metrics.items()}}
