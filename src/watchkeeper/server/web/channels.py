"""A project's channels: making, testing and removing them, and what was sent."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.alerts.channel import Channel, Kind
from watchkeeper.alerts.channelling import change_channel, channel_of, create_channel, new_secret
from watchkeeper.errors import Refused, WatchkeeperError
from watchkeeper.projects.project import Project
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.alerting import telling_of
from watchkeeper.server.api.channels import show_channel, show_delivery
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.problem import problem
from watchkeeper.server.web.context import checked_form, go, may, page, shown, the_project
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
RECENT = 10
Form = Mapping[str, str]


@router.get(PAGES["channels"], **needs(Right.READ))
def channels(request: Request, assembly: TheAssembly) -> Response:
    return _page(request, assembly)


@router.post(PAGES["channels"], **needs(Right.MANAGE))
async def order(request: Request, permit: ThePermit, assembly: TheAssembly) -> Response:
    form = await checked_form(request)
    return await run_in_threadpool(_order, request, form, permit, assembly)


def _order(request: Request, form: Form, permit: Permit, assembly: Assembly) -> Response:
    """A secret is on the page that answers, and never again."""
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            made = _ordered(project, form, permit=permit, work=work, assembly=assembly)
    except WatchkeeperError as refused:
        said = problem(refused.status, refused.code, refused.message, refused.fields)
        return _page(request, assembly, status=refused.status, refused=said)
    if made is not None:
        return _page(request, assembly, status=201, made=made)
    return go("channels", project=project.slug)


def _ordered(project: Project, form: Form, *, permit: Permit, work: Work, assembly: Assembly) -> dict[str, str] | None:
    """The name and the secret of a webhook that has a new one."""
    if form.get("action") == "add":
        kind = form.get("kind", "")
        channel, secret = create_channel(
            form.get("name", ""),
            kind,
            _settings(kind, form.get("to", "")),
            permit=permit,
            work=work,
            seal=assembly.seal,
            clock=assembly.clock,
        )
        return {"name": channel.name, "secret": secret} if secret else None
    found = channel_of(project.id, form.get("channel", ""), work=work)
    match form.get("action"):
        case "test":
            telling_of(assembly).test(found, work=work)
        case "switch-off" | "switch-on":
            change_channel(found, {"enabled": form["action"] == "switch-on"}, work=work)
        case "renew-secret":
            return {"name": found.name, "secret": new_secret(found, work=work, seal=assembly.seal)}
        case "remove":
            work.channels.remove(found.id)
        case _:
            raise Refused("The form is not as this page writes it. Open the page again.", fields=("action",))
    return None


def _settings(kind: str, to: str) -> dict[str, Any]:
    if kind == Kind.WEBHOOK:
        return {"url": to.strip()}
    return {"to": [each for each in to.replace(",", " ").split() if each]}


def _page(request: Request, assembly: Assembly, *, status: int = 200, **more: Any) -> Response:
    with assembly.store.look() as work:
        project = the_project(request, work)
        whole = may(request, Right.MANAGE, work)
        context = {
            "project": shown(project),
            "channels": [
                _with_deliveries(each, work, assembly, whole=whole) for each in work.channels.of_project(project.id)
            ],
            "may_manage": whole,
            "made": None,
            "refused": None,
        }
    return page(request, "channels.html", status=status, **{**context, **more})


def _with_deliveries(channel: Channel, work: Work, assembly: Assembly, *, whole: bool) -> dict[str, Any]:
    """With the newest of what was sent to it."""
    sent = work.deliveries.of_channel(channel.id, limit=RECENT)
    shown_ = show_channel(channel, work, assembly, whole=whole)
    del shown_["sealed"]
    return {**shown_, "deliveries": [show_delivery(each, channel.name).model_dump() for each in sent]}
