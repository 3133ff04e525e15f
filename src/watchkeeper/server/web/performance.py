"""A deployment's tabs Performance and Challenger."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.monitoring.answers.arriving import arrived
from watchkeeper.monitoring.answers.performing import Grain, comparison, performance
from watchkeeper.monitoring.keeping.retaining import late_labels
from watchkeeper.monitoring.performance.metrics import OF_TASK, lower_is_better
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.labels import labels_status, show_arrived
from watchkeeper.server.api.performance import show_comparison, show_performance
from watchkeeper.server.api.period import PagePeriod
from watchkeeper.server.web.context import page
from watchkeeper.server.web.serving import tab_of

router = APIRouter(include_in_schema=False)


@router.get(PAGES["performance"], **needs(Right.READ))
def performance_tab(
    request: Request,
    deployment: str,
    assembly: TheAssembly,
    period: PagePeriod,
    window: Grain | None = None,
    metric: str | None = None,
) -> Response:
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly, period=period)
        by = window or _fitting(tab.start, tab.end)
        found = performance(tab.deployment, by=by, start=tab.start, end=tab.end, work=work)
        status = labels_status(tab.deployment, work).model_dump()
        gone, late = work.retentions.gone(tab.deployment.id), late_labels(tab.deployment, work=work)
        came = arrived(tab.deployment, start=tab.start, end=tab.end, now=assembly.clock.now(), work=work)
    known = OF_TASK[found.task]
    chosen = metric if metric in known else found.metric
    context = {
        "performance": show_performance(found),
        "labels": status,
        "metric": chosen,
        "metrics": known,
        "gone": gone,
    }
    also = {"arrived": show_arrived(came), "late": late}
    return page(request, "deployment_performance.html", **{**tab.context, **context, **also})


@router.get(PAGES["challenger"], **needs(Right.READ))
def challenger_tab(
    request: Request,
    deployment: str,
    assembly: TheAssembly,
    period: PagePeriod,
) -> Response:
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly, period=period)
        found = show_comparison(comparison(tab.deployment, start=tab.start, end=tab.end, work=work))
    context = {"comparison": found, "lower_is_better": lower_is_better(found["metric"])}
    return page(request, "deployment_challenger.html", **{**tab.context, **context})


def _fitting(start: str, end: str) -> Grain:
    """Windows of which a page shows a few dozen."""
    length = (date.fromisoformat(end) - date.fromisoformat(start)).days + 1
    return Grain.DAY if length <= 62 else Grain.WEEK if length <= 184 else Grain.MONTH
