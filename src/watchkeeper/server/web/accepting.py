"""Saying on the Distribution tab that a drift is known, and taking that back."""

from datetime import date
from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.errors import Refused
from watchkeeper.monitoring.errors import AcceptanceRefused
from watchkeeper.monitoring.verdicts.accepting import withdraw
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.acceptances import AcceptanceWanted, accepted
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.period import PagePeriod
from watchkeeper.server.web.context import TheForm, go, refusal, the_deployment, the_project
from watchkeeper.server.web.distribution import shown

router = APIRouter(include_in_schema=False)


@router.post(PAGES["accept_drift"], **needs(Right.WRITE))
def accept_drift(
    request: Request,
    deployment: str,
    form: TheForm,
    permit: ThePermit,
    assembly: TheAssembly,
    period: PagePeriod,
) -> Response:
    column = form.get("column", "")
    again = partial(shown, request, deployment, assembly, period=period, feature=column)
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            found = the_deployment(project, deployment, work)
            accepted(found, _wanted(form), permit=permit, work=work, assembly=assembly)
    except Refused as refused:
        return again(refused=refusal(refused, at=f"known-{quote(column)}", written=form))
    return go("distribution", vars(period), project=project.slug, deployment=found.slug)


@router.post(PAGES["withdraw_acceptance"], **needs(Right.WRITE))
def withdraw_acceptance(
    request: Request, deployment: str, number: int, form: TheForm, permit: ThePermit, assembly: TheAssembly
) -> Response:
    del form
    with assembly.store.work() as work:
        project = the_project(request, work)
        found = the_deployment(project, deployment, work)
        withdraw(found, number, permit=permit, work=work, clock=assembly.clock)
    return go("distribution", project=project.slug, deployment=found.slug)


def _wanted(form: dict[str, str]) -> AcceptanceWanted:
    return AcceptanceWanted(
        columns=[form.get("column", "")],
        since=_day(form, "since"),
        through=_day(form, "through") if form.get("through") else None,
        because=form.get("because", ""),
    )


def _day(form: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(form.get(name, ""))
    except ValueError:
        raise AcceptanceRefused("Give a day, as 2026-03-14.", fields=(name,)) from None
