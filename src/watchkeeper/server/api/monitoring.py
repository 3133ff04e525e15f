"""What the watcher sees of a deployment: health, usage, distributions, violations."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from watchkeeper.access.role import Right
from watchkeeper.alerts.summarising import summary
from watchkeeper.charts.usage import usage_chart
from watchkeeper.health.judging import Health, health, journal_lag, journal_waiting
from watchkeeper.monitoring.references.against import Against, Held, against_of
from watchkeeper.monitoring.references.distributing import distribution
from watchkeeper.monitoring.references.drifting import View, held_against, held_against_hold_out, view
from watchkeeper.monitoring.references.holding_out import find_hold_out, hold_out
from watchkeeper.monitoring.soundness.violating import Violation, violations
from watchkeeper.monitoring.summary import Summary
from watchkeeper.monitoring.usage.using import DaysOf, Usage, usage
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.period import Period, ThePeriod
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])

Named = Annotated[Held | None, Query(description="What to hold it against; or the days of another period.")]
AgainstStart = Annotated[date | None, Query(description="The first day of another period to hold it against.")]
AgainstEnd = Annotated[date | None, Query(description="That period's last day, included.")]


def the_against(against: Named = None, against_start: AgainstStart = None, against_end: AgainstEnd = None) -> Against:
    return against_of(against, against_start, against_end)


TheAgainst = Annotated[Against, Depends(the_against)]
Axis = Annotated[DaysOf, Query(description="`event`: days of the rows' own time; `arrival`: days of the calls.")]


class Violations(BaseModel):
    items: list[Violation]
    next: None = None


@router.get("/deployments/{deployment}/health", **needs(Right.READ))
def get_health(deployment: str, assembly: TheAssembly) -> dict[str, Any]:
    with assembly.store.look() as work:
        return show_health(the_deployment(deployment, work), work=work, assembly=assembly)


@router.get("/deployments/{deployment}/summary", **needs(Right.READ))
def get_summary(deployment: str, assembly: TheAssembly, period: ThePeriod) -> dict[str, Any]:
    """A sentence, and what it is made of: health, predictions a day, the deployment's metric, what has drifted since
    when, and whether the challenger is better."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        used = usage(found, by=DaysOf.EVENT, start=first, end=last, work=work)
        return show_summary(summary(found, used, start=first, end=last, now=assembly.clock.now(), work=work))


def read_usage(deployment: str, assembly: TheAssembly, period: ThePeriod, by: Axis = DaysOf.EVENT) -> dict[str, Any]:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly, by=by)
        return show_usage(usage(found, by=by, start=first, end=last, work=work))


TheUsage = Annotated[dict[str, Any], Depends(read_usage)]


@router.get("/deployments/{deployment}/usage", **needs(Right.READ))
def get_usage(found: TheUsage) -> dict[str, Any]:
    return found


@router.get("/deployments/{deployment}/usage/chart", **needs(Right.READ))
def get_usage_chart(found: TheUsage) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    return usage_chart(found)


@router.get("/deployments/{deployment}/distribution", **needs(Right.READ))
def get_distribution(deployment: str, assembly: TheAssembly, period: ThePeriod, against: TheAgainst) -> dict[str, Any]:
    """How values are spread, production beside the reference or another period."""
    prepare(lambda work: the_deployment(deployment, work), against, assembly)
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        seen = the_view(found, work, assembly, start=first, end=last, against=against)
    return {"start": first, "end": last, "against": show_against(seen.against), **distribution(seen)}


@router.get("/deployments/{deployment}/violations", **needs(Right.READ))
def get_violations(deployment: str, assembly: TheAssembly, period: ThePeriod) -> Violations:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        return Violations(items=violations(found, start=first, end=last, work=work))


def aware(moment: datetime | None) -> datetime | None:
    """A moment without a zone is one of UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def prepare(deployment: Callable[[Work], Deployment], against: Against, assembly: Assembly) -> None:
    """What has to be read outside of any transaction before a view can be held against this. Raise HoldOutUnknown."""
    if against.name is Held.HOLD_OUT:
        with assembly.store.look() as work:
            found = deployment(work)
        find_hold_out(found, unit=assembly.store.work, places=assembly.places)


def the_view(deployment: Deployment, work: Work, assembly: Assembly, *, start: str, end: str, against: Against) -> View:
    """Of a period, held against the reference or something else. Raise PeriodRefused, BaselineEmpty."""
    seen, of = view(deployment, start=start, end=end, work=work, places=assembly.places), against.over(start, end)
    if of.name is Held.HOLD_OUT:
        return held_against_hold_out(seen, hold_out(deployment, work=work))
    if of.start is None or of.end is None:
        return seen
    asked = Period(start=date.fromisoformat(of.start), end=date.fromisoformat(of.end))
    first, last = asked.within(None, deployment, assembly)
    other = view(deployment, start=first, end=last, work=work, places=assembly.places)
    return held_against(seen, other, against=of)


def show_against(against: Against) -> dict[str, str | None]:
    return {"name": against.name.value, "start": against.start, "end": against.end}


def show_health(deployment: Deployment, *, work: Work, assembly: Assembly) -> dict[str, Any]:
    now = assembly.clock.now()
    statuses = work.board.all()
    judged: Health = health(work.deployments.current(deployment.id), statuses=statuses, now=now, disk=assembly.disk())
    return {
        "state": judged.state,
        "sentence": judged.sentence,
        "roles": {role: asdict(each) for role, each in judged.roles.items()},
        "owed": work.journal.owed_count(deployment.id),
        "journal_lag_seconds": journal_lag(deployment, statuses, now=now),
        "journal_waiting_bytes": journal_waiting(deployment, statuses),
        "worker": asdict(judged.worker),
    }


def show_summary(found: Summary) -> dict[str, Any]:
    return {"sentence": found.sentence, **asdict(found)}


def show_usage(used: Usage) -> dict[str, Any]:
    return {
        "by": used.by,
        "time_zone": used.time_zone,
        "start": used.start,
        "end": used.end,
        "days": [{"day": day, **{role.value: vars(each) for role, each in roles.items()}} for day, roles in used.days],
        "total": {role.value: vars(each) for role, each in used.total.items()},
    }
