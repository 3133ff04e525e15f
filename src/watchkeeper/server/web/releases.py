"""The releases of a deployment, and making one."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import ValidationError

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.errors import Refused, WatchkeeperError
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.releases import ReleaseWanted, make_release, show_release
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.problem import problem
from watchkeeper.server.web.context import checked_form, go, may, page, the_deployment, the_project
from watchkeeper.server.web.serving import tab_of

router = APIRouter(include_in_schema=False)


@router.get(PAGES["releases"], **needs(Right.READ))
def releases(request: Request, deployment: str, assembly: TheAssembly) -> Response:
    return _page(request, deployment, assembly)


@router.post(PAGES["releases"], **needs(Right.WRITE))
async def make(request: Request, deployment: str, permit: ThePermit, assembly: TheAssembly) -> Response:
    form = await checked_form(request)
    return await run_in_threadpool(_make, request, deployment, form, permit, assembly)


def _make(request: Request, deployment: str, form: dict[str, str], permit: Permit, assembly: Assembly) -> Response:
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            found = the_deployment(project, deployment, work)
            make_release(found, _wanted(form), permit=permit, work=work, assembly=assembly)
    except WatchkeeperError as refused:
        said = problem(refused.status, refused.code, refused.message, refused.fields)
        return _page(request, deployment, assembly, status=refused.status, refused=said)
    return go("releases", project=project.slug, deployment=found.slug)


def _wanted(form: dict[str, str]) -> ReleaseWanted:
    known = {name: form[name] for name in ("action", "reason", "expected", "to") if form.get(name)}
    try:
        return ReleaseWanted.model_validate(known)
    except ValidationError:
        raise Refused("The form is not as this page writes it. Open the page again.", fields=("action",)) from None


def _page(request: Request, deployment: str, assembly: Assembly, *, status: int = 200, **more: Any) -> Response:
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly, days=None, start=None, end=None)
        found = work.deployments.releases(tab.deployment.id)
        present = found[-1].number
        shown = [show_release(each, present=present, work=work).model_dump() for each in reversed(found)]
        context = {
            **tab.context,
            "releases": shown,
            "may_write": may(request, Right.WRITE, work),
            "refused": None,
            **more,
        }
    return page(request, "deployment_releases.html", status=status, **context)
