"""The tabs of a deployment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.alerts.summarising import summary as summary_of
from watchkeeper.charts import timeline_chart
from watchkeeper.monitoring.answers.arriving import arrived
from watchkeeper.monitoring.days import LONGEST, outside
from watchkeeper.monitoring.errors import ReferenceGone
from watchkeeper.monitoring.references.against import USUAL, Against
from watchkeeper.monitoring.references.drifting import View, drift
from watchkeeper.monitoring.segments.segment_views import segment_of, segment_view
from watchkeeper.monitoring.soundness.violating import violations
from watchkeeper.monitoring.together.together import ByRole, by_day, together
from watchkeeper.monitoring.usage.using import DaysOf, usage
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.callers import show_callers
from watchkeeper.server.api.distances import show_distances
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.monitoring import prepare, show_health, show_summary, show_usage, the_view
from watchkeeper.server.api.period import PagePeriod, Period
from watchkeeper.server.api.serving import show_deployment
from watchkeeper.server.api.together import show_days_together
from watchkeeper.server.api.verdicts import show_global
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import page, shown, the_deployment, the_project
from watchkeeper.server.web.timeline import Item, happened, in_order
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
MOST, RECENT = 500, 30
ALL = Period()


@dataclass(frozen=True)
class Tab:
    """A deployment over a period, as its tabs show it."""

    deployment: Deployment
    start: str
    end: str
    context: dict[str, Any]
    work: Work
    assembly: Assembly
    against: Against = USUAL
    segment: str | None = None

    def usage(self, by: DaysOf = DaysOf.EVENT) -> dict[str, Any]:
        return show_usage(usage(self.deployment, by=by, start=self.start, end=self.end, work=self.work))

    def callers(self, by: DaysOf) -> dict[str, Any]:
        return show_callers(self.deployment, by=by, start=self.start, end=self.end, work=self.work)

    def view(self) -> View:
        span = {"start": self.start, "end": self.end}
        if self.segment is not None:
            of = segment_of(self.deployment, self.segment, column=None, work=self.work)
            return segment_view(self.deployment, of, **span, work=self.work, places=self.assembly.places)[0]
        return the_view(self.deployment, self.work, self.assembly, **span, against=self.against)

    def distances(self) -> dict[str, Any]:
        """By day and of the period."""
        return show_distances(drift(self.view(), start=self.start, end=self.end))

    def by_day(self) -> Mapping[str, ByRole]:
        """Global drift, where days are judged: not against anything but the reference, nor of a segment."""
        if not self.against.usual or self.segment is not None:
            return {}
        span = {"start": self.start, "end": self.end}
        return by_day(self.deployment, **span, work=self.work, places=self.assembly.places)

    def together(self) -> dict[str, Any]:
        """All features together, of the period and by day."""
        span, work = {"start": self.start, "end": self.end}, self.work
        of = together(self.deployment, **span, work=work, places=self.assembly.places)
        total = {role.value: show_global(of.of[role], role) if role in of.of else None for role in Role}
        days = show_days_together(self.deployment, work, self.assembly, **span)
        line = [_far(day["champion"], judged=days["judged"]) for day in days["days"]]
        return {**span, **days, "total": total, "furthest": of.furthest, "line": line}

    def happened(self, drift: Mapping[str, Any]) -> dict[str, list[Item]]:
        """`drift` is that of its days, with its `line`."""
        name, work, span = self.deployment.id, self.work, {"start": self.start, "end": self.end}
        return happened(
            **span,
            releases=work.deployments.releases(name),
            begun=work.watch.release_days(name),
            drift=drift,
            labels=arrived(self.deployment, **span, now=self.assembly.clock.now(), work=work),
            firings=work.firings.between(name, **span),
            names={each.id: each.name for each in work.rules.of_deployment(name)},
            runs=work.runs.of_deployment(name, limit=MOST),
            zone=self.deployment.time_zone,
        )


def _far(champion: Mapping[str, Any], *, judged: bool) -> float | None:
    """On a day: the size of global drift, or the distance where no day says that."""
    if not judged:
        found: float | None = champion["distance"]
        return found
    of = champion["global_drift"]
    return of["effect"] if of else None


@router.get(PAGES["deployment"], **needs(Right.READ))
def summary(
    request: Request,
    deployment: str,
    assembly: TheAssembly,
    period: PagePeriod,
) -> Response:
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly, period=period)
        used = usage(tab.deployment, by=DaysOf.EVENT, start=tab.start, end=tab.end, work=work)
        found = violations(tab.deployment, start=tab.start, end=tab.end, work=work)
        context = {**tab.context, "usage": show_usage(used), "drift": tab.together(), "violations": found}
        lanes = tab.happened(context["drift"])
        context["timeline"] = timeline_chart(start=tab.start, end=tab.end, **lanes)
        context["happened"] = in_order(lanes)
        context["summary"] = show_summary(
            summary_of(tab.deployment, used, start=tab.start, end=tab.end, now=assembly.clock.now(), work=work)
        )
    return page(request, "deployment.html", **context)


@router.get(PAGES["usage"], **needs(Right.READ))
def usage_tab(
    request: Request,
    deployment: str,
    assembly: TheAssembly,
    period: PagePeriod,
    by: DaysOf = DaysOf.EVENT,
) -> Response:
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly, period=period, by=by)
        context = {**tab.context, "usage": tab.usage(by), "callers": tab.callers(by)}
    return page(request, "deployment_usage.html", **context)


def row_of(deployment: Deployment, *, work: Work, assembly: Assembly) -> dict[str, Any]:
    """A deployment as a row: health, and its last thirty days."""
    span = work.watch.span(deployment.id, by=DaysOf.EVENT)
    start, end = Period(RECENT).within(span, deployment, assembly)
    tab = Tab(deployment, start, end, {}, work, assembly)
    return {
        "deployment": show_deployment(deployment, work=work, assembly=assembly).model_dump(),
        "health": show_health(deployment, work=work, assembly=assembly),
        "usage": tab.usage(),
        **_drift_or_why(tab),
    }


def _drift_or_why(tab: Tab) -> dict[str, Any]:
    """One deployment whose model is gone must not keep its project's others from being shown."""
    try:
        return {"drift": tab.together(), "wrong": None}
    except ReferenceGone as gone:
        return {"drift": None, "wrong": gone.message}


def prepared(request: Request, slug: str, against: Against, assembly: Assembly) -> None:
    """Before the tab's transaction. Raise HoldOutUnknown."""
    prepare(lambda work: the_deployment(the_project(request, work), slug, work), against, assembly)


def tab_of(
    request: Request,
    slug: str,
    work: Work,
    assembly: Assembly,
    *,
    period: Period = ALL,
    by: DaysOf = DaysOf.EVENT,
    against: Against = USUAL,
    segment: str | None = None,
) -> Tab:
    project = the_project(request, work)
    deployment = the_deployment(project, slug, work)
    span = work.watch.span(deployment.id, by=by)
    chosen = period if period != ALL else Period(RECENT)
    first, last = chosen.within(span, deployment, assembly)
    whole = Period(LONGEST).within(span, deployment, assembly)
    context = {
        "project": shown(project),
        "deployment": show_deployment(deployment, work=work, assembly=assembly).model_dump(),
        "health": show_health(deployment, work=work, assembly=assembly),
        "period": {
            "days": chosen.days,
            "start": first,
            "end": last,
            "first": whole[0] if span else None,
            "last": whole[1] if span else None,
            "outside": outside(span, whole) if span else [],
            "zone": deployment.time_zone,
            "by": by,
        },
    }
    return Tab(deployment, first, last, context, work, assembly, against, segment)
