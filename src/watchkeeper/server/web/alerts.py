"""A deployment's tab Alerts, a project's firings, and the page of one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.alerts.acknowledging import acknowledge, firing_of, snooze
from watchkeeper.alerts.channel import Channel
from watchkeeper.alerts.errors import RuleRefused, SnoozeRefused
from watchkeeper.alerts.recounting import told
from watchkeeper.alerts.ruling import change_rule, create_rule, remove_rule, rule_of
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.clock import Clock
from watchkeeper.errors import NotFound, Refused, WatchkeeperError
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.firings import FiringShown, chart_of, firings_page, show_whole, signal_of
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.rules import RuleChange, RuleWanted, rules_of
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.problem import problem
from watchkeeper.server.web.context import checked_form, go, may, page, shown, the_deployment, the_project
from watchkeeper.server.web.numbers import as_csv
from watchkeeper.server.web.serving import tab_of
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
MOST = 200
Form = Mapping[str, str]


@router.get(PAGES["alerts"], **needs(Right.READ))
def alerts_tab(request: Request, deployment: str, assembly: TheAssembly) -> Response:
    return _tab(request, deployment, assembly)


@router.post(PAGES["alerts"], **needs(Right.WRITE))
async def rule(request: Request, deployment: str, permit: ThePermit, assembly: TheAssembly) -> Response:
    form = await checked_form(request)
    return await run_in_threadpool(_rule, request, deployment, form, permit, assembly)


@router.get(PAGES["project_alerts"], **needs(Right.READ))
def project_alerts(request: Request, assembly: TheAssembly) -> Response:
    with assembly.store.look() as work:
        project = the_project(request, work)
        found = _firings(project.id, None, work)
        deployments = work.deployments.page(project.id, after=None, limit=MOST)
        return page(
            request,
            "project_alerts.html",
            project=shown(project),
            deployments=[{"name": each.name, "slug": each.slug} for each in deployments],
            channels=[each.name for each in work.channels.of_project(project.id) if each.enabled],
            **found,
        )


@router.get(PAGES["firing"], **needs(Right.READ))
def firing_page(request: Request, firing: str, assembly: TheAssembly) -> Response:
    return _firing(request, firing, assembly)


@router.get(PAGES["firing_csv"], **needs(Right.READ))
def firing_numbers(request: Request, firing: str, assembly: TheAssembly) -> Response:
    """The signal by day, and the limit that it was held to."""
    with assembly.store.look() as work:
        found = firing_of(the_project(request, work).id, firing, work=work)
        readings = signal_of(found, work, assembly)[1].readings
    rows = [[each.day, each.value, each.low, each.high, found.threshold] for each in readings if each.value is not None]
    return as_csv([["day", "value", "low", "high", "limit"], *rows], name=f"firing-{found.opened}")


@router.post(PAGES["firing"], **needs(Right.WRITE))
async def react(request: Request, firing: str, permit: ThePermit, assembly: TheAssembly) -> Response:
    form = await checked_form(request)
    return await run_in_threadpool(_react, request, firing, form, permit, assembly)


def _rule(request: Request, slug: str, form: Form, permit: Permit, assembly: Assembly) -> Response:
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            found = the_deployment(project, slug, work)
            _ordered(found, form, permit=permit, work=work, clock=assembly.clock)
    except WatchkeeperError as refused:
        said = problem(refused.status, refused.code, refused.message, refused.fields)
        return _tab(request, slug, assembly, status=refused.status, refused=said)
    return go("alerts", project=project.slug, deployment=found.slug)


def _ordered(deployment: Deployment, form: Form, *, permit: Permit, work: Work, clock: Clock) -> None:
    if form.get("action") == "add":
        create_rule(deployment, _fields(RuleWanted, form), permit=permit, work=work, clock=clock)
        return
    rule = rule_of(deployment, form.get("rule", ""), work=work)
    match form.get("action"):
        case "change":
            change_rule(rule, _fields(RuleChange, form), deployment=deployment, work=work, clock=clock)
        case "mute" | "unmute":
            wanted = {"enabled": form["action"] == "unmute"}
            change_rule(rule, wanted, deployment=deployment, work=work, clock=clock)
        case "remove":
            remove_rule(rule, deployment=deployment, work=work, clock=clock)
        case _:
            raise Refused("The form is not as this page writes it. Open the page again.", fields=("action",))


def _fields(model: type[BaseModel], form: Form) -> dict[str, Any]:
    """What the form says of a rule; an empty field says nothing."""
    known = {name: value for name, value in form.items() if name in model.model_fields and value.strip()}
    try:
        read = model.model_validate(known).model_dump(include=set(known) if model is RuleChange else None)
    except ValidationError as failure:
        fields = tuple(str(each["loc"][0]) for each in failure.errors())
        raise RuleRefused(f"{', '.join(fields)}: this is no number, or it is missing.", fields=fields) from None
    return read


def _react(request: Request, name: str, form: Form, permit: Permit, assembly: Assembly) -> Response:
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            found = firing_of(project.id, name, work=work)
            if form.get("action") == "snooze":
                until = assembly.clock.now() + timedelta(hours=_hours(form.get("hours", "")))
                snooze(found, until, work=work, clock=assembly.clock)
            else:
                acknowledge(found, form.get("note", ""), permit=permit, work=work, clock=assembly.clock)
    except WatchkeeperError as refused:
        said = problem(refused.status, refused.code, refused.message, refused.fields)
        return _firing(request, name, assembly, status=refused.status, refused=said)
    return go("firing", project=project.slug, firing=found.id)


def _hours(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > len("10000"):
        raise SnoozeRefused("A snooze is a number of hours.", fields=("hours",))
    return int(text)


def _tab(request: Request, slug: str, assembly: Assembly, *, status: int = 200, **more: Any) -> Response:
    with assembly.store.look() as work:
        tab = tab_of(request, slug, work, assembly)
        context = {
            **tab.context,
            "rules": [each.model_dump() for each in rules_of(tab.deployment, work)],
            **_firings(tab.deployment.project, tab.deployment.id, work),
            "channels": [each.name for each in work.channels.of_project(tab.deployment.project) if each.enabled],
            "signals": [{"name": each.name, "title": each.title} for each in SIGNALS.values()],
            "may_write": may(request, Right.WRITE, work),
            "refused": None,
        }
    return page(request, "deployment_alerts.html", status=status, **{**context, **more})


def _firings(project: str, deployment: str | None, work: Work) -> dict[str, Any]:
    """Those that are open and those that are over, newest first."""
    known = {each.id: each for each in work.channels.of_project(project)}
    still = firings_page(project, deployment, work, state="open", limit=MOST, cursor=None)
    every = firings_page(project, deployment, work, state="all", limit=MOST, cursor=None)
    over = sorted((each for each in every.items if each.closed), key=lambda each: each.closed or "", reverse=True)
    return {
        "open": [_with_told(each, known, work) for each in still.items],
        "past": [each.model_dump() for each in over],
    }


def _with_told(firing: FiringShown, channels: Mapping[str, Channel], work: Work) -> dict[str, Any]:
    return {**firing.model_dump(), "told": told(work.deliveries.of_firing(firing.id), channels)}


def _firing(request: Request, name: str, assembly: Assembly, *, status: int = 200, **more: Any) -> Response:
    with assembly.store.look() as work:
        project = the_project(request, work)
        found = firing_of(project.id, name, work=work)
        deployment = work.deployments.get(found.deployment)
        known = {each.id: each for each in work.channels.of_project(project.id)}
        context = {
            "project": shown(project),
            "deployment": {"name": deployment.name, "slug": deployment.slug} if deployment else None,
            "zone": deployment.time_zone if deployment else "UTC",
            "firing": show_whole(found, work).model_dump(),
            "told": told(work.deliveries.of_firing(found.id), known),
            "may_write": may(request, Right.WRITE, work),
            **_chart(found, work, assembly),
            "refused": None,
        }
    return page(request, "firing.html", status=status, **{**context, **more})


def _chart(firing: Any, work: Work, assembly: Assembly) -> dict[str, Any]:
    """What can't be drawn any more says why."""
    try:
        spec = chart_of(firing, work, assembly)
    except NotFound as gone:
        return {"chart": None, "undrawn": gone.message}
    if not spec["data"]["values"]:
        return {"chart": None, "undrawn": "It was about a moment, of which nothing is kept by day."}
    return {"chart": spec, "undrawn": None}
