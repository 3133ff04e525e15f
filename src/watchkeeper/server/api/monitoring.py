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
from watchkeeper.monitoring.against import USUAL, Against, Held, against_of
from watchkeeper.monitoring.days import period
from watchkeeper.monitoring.distributing import distribution
from watchkeeper.monitoring.drifting import View, held_against, held_against_hold_out, view
from watchkeeper.monitoring.holding_out import find_hold_out, hold_out
from watchkeeper.monitoring.summary import Summary
from watchkeeper.monitoring.using import By, Usage, usage
from watchkeeper.monitoring.violating import Violation, violations
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])

Days = Annotated[int | None, Query(ge=1, le=36600, description="How many days, back from the newest with rows.")]
Start = Annotated[date | None, Query(description="The first day, in the deployment's time zone.")]
End = Annotated[date | None, Query(description="The last day, included.")]
Named = Annotated[Held | None, Query(description="What to hold it against; or the days of another period.")]
AgainstStart = Annotated[date | None, Query(description="The first day of another period to hold it against.")]
AgainstEnd = Annotated[date | None, Query(description="That period's last day, included.")]


def the_against(against: Named = None, against_start: AgainstStart = None, against_end: AgainstEnd = None) -> Against:
    return against_of(against, against_start, against_end)


TheAgainst = Annotated[Against, Depends(the_against)]
Axis = Annotated[By, Query(description="`event`: days of the rows' own time; `arrival`: days of the calls.")]


class Violations(BaseModel):
    items: list[Violation]
    next: None = None


@router.get("/deployments/{deployment}/health", **needs(Right.READ))
def get_health(deployment: str, assembly: TheAssembly) -> dict[str, Any]:
    with assembly.store.look() as work:
        return show_health(the_deployment(deployment, work), work=work, assembly=assembly)


@router.get("/deployments/{deployment}/summary", **needs(Right.READ))
def get_summary(
    deployment: str, assembly: TheAssembly, days: Days = None, start: Start = None, end: End = None
) -> dict[str, Any]:
    """A sentence, and what it is made of: health, predictions a day, the deployment's metric, what has drifted since
    when, and whether the challenger is better."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        return show_summary(summary(found, start=first, end=last, now=assembly.clock.now(), work=work))


@router.get("/deployments/{deployment}/usage", **needs(Right.READ))
def get_usage(
    deployment: str,
    assembly: TheAssembly,
    days: Days = None,
    start: Start = None,
    end: End = None,
    by: Axis = By.EVENT,
) -> dict[str, Any]:
    with assembly.store.look() as work:
        return show_usage(read_usage(deployment, work, assembly, days=days, start=start, end=end, by=by))


@router.get("/deployments/{deployment}/usage/chart", **needs(Right.READ))
def get_usage_chart(
    deployment: str,
    assembly: TheAssembly,
    days: Days = None,
    start: Start = None,
    end: End = None,
    by: Axis = By.EVENT,
) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    with assembly.store.look() as work:
        return usage_chart(show_usage(read_usage(deployment, work, assembly, days=days, start=start, end=end, by=by)))


@router.get("/deployments/{deployment}/distribution", **needs(Right.READ))
def get_distribution(
    deployment: str,
    assembly: TheAssembly,
    against: TheAgainst,
    days: Days = None,
    start: Start = None,
    end: End = None,
) -> dict[str, Any]:
    """How values are spread, production beside the reference or another period."""
    return read_distribution(deployment, assembly, days=days, start=start, end=end, against=against)


@router.get("/deployments/{deployment}/violations", **needs(Right.READ))
def get_violations(
    deployment: str, assembly: TheAssembly, days: Days = None, start: Start = None, end: End = None
) -> Violations:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        return Violations(items=violations(found, start=first, end=last, work=work))


def aware(moment: datetime | None) -> datetime | None:
    """A moment without a zone is one of UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def the_period(
    deployment: Deployment,
    work: Work,
    assembly: Assembly,
    *,
    days: int | None,
    start: date | None,
    end: date | None,
    by: By = By.EVENT,
) -> tuple[str, str]:
    return period(
        days=days,
        start=start,
        end=end,
        span=work.watch.span(deployment.id, by=by),
        now=assembly.clock.now(),
        zone=deployment.time_zone,
    )


def read_usage(
    deployment: str,
    work: Work,
    assembly: Assembly,
    *,
    days: int | None,
    start: date | None,
    end: date | None,
    by: By,
) -> Usage:
    found = the_deployment(deployment, work)
    first, last = the_period(found, work, assembly, days=days, start=start, end=end, by=by)
    return usage(found, by=by, start=first, end=last, work=work)


def read_distribution(
    deployment: str,
    assembly: Assembly,
    *,
    days: int | None,
    start: date | None,
    end: date | None,
    against: Against = USUAL,
) -> dict[str, Any]:
    prepare(lambda work: the_deployment(deployment, work), against, assembly)
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        seen = the_view(found, work, assembly, start=first, end=last, against=against)
    return {"start": first, "end": last, "against": show_against(seen.against), **distribution(seen)}


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
    first, last = period(
        days=None,
        start=date.fromisoformat(of.start),
        end=date.fromisoformat(of.end),
        span=None,
        now=assembly.clock.now(),
        zone=deployment.time_zone,
    )
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
        "days": [
            {"day": day, **{role.value: asdict(each) for role, each in roles.items()}} for day, roles in used.days
        ],
        "total": {role.value: asdict(each) for role, each in used.total.items()},
    }
