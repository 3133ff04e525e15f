"""What every page has in common, and how a page is answered."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from watchkeeper.access.errors import RightMissing
from watchkeeper.access.permitting import rights_of
from watchkeeper.access.role import Right
from watchkeeper.errors import NotFound, WatchkeeperError
from watchkeeper.projects.project import Project
from watchkeeper.server.addresses import address
from watchkeeper.server.api.gate import SESSION_COOKIE, assembly_of, csrf_token, permit_of
from watchkeeper.server.api.projects import show_project
from watchkeeper.server.problem import problem as problem_document
from watchkeeper.server.web.rendering import render
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

SEE_OTHER = 303
LONGEST_NUMBER = 9
"""Digits; versions of policies and schemas are never so many."""
SECRETS = {"csrf", "token", "password", "old", "new"}


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The page with the person, their rights, the form token, this console's own address and which charts' tables are
    open beside what it is about."""
    cookie = request.cookies.get(SESSION_COOKIE, "")
    permit, identity = (getattr(request.state, name, None) for name in ("permit", "identity"))
    common = {
        "person": {"name": identity.name} if identity and identity.user else None,
        "may": {right.value for right in permit.rights} if permit else set(),
        "csrf": csrf_token(cookie) if cookie else "",
        "origin": f"{request.url.scheme}://{request.url.netloc}",
        "now": assembly_of(request).clock.now(),
        "tables": frozenset(request.query_params.getlist("table")),
        "disk_says": assembly_of(request).disk().sentence if identity and identity.user else None,
    }
    return HTMLResponse(render(template, **{**common, **context}), status, {"Cache-Control": "no-store"})


def go(place: str, query: dict[str, object] | None = None, **parts: object) -> RedirectResponse:
    return RedirectResponse(address(place, query, **parts), SEE_OTHER)


def problem_page(request: Request, problem: dict[str, Any]) -> Response:
    """A failure as a page; who is not signed in is led to where that is done."""
    if problem["status"] == 401 and request.method == "GET":
        return go("sign_in")
    back = {"address": address("sign_in"), "words": "Sign in"} if problem["status"] == 401 else None
    return page(request, "error.html", status=problem["status"], problem=problem, back=back)


async def checked_form(request: Request) -> dict[str, str]:
    """The form's fields, once its token has shown that one of our own pages sent it."""
    form = await request.form()
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie or form.get("csrf") != csrf_token(cookie):
        raise RightMissing("The form is no longer valid. Open the page again and send it once more.")
    return {name: value for name, value in form.items() if isinstance(value, str)}


TheForm = Annotated[dict[str, str], Depends(checked_form)]
"""The fields of a form of ours; what takes it need not wait for it itself, so it may be slow."""


async def sent_file(request: Request) -> AsyncIterator[UploadFile | None]:
    """The one in the field `file`, until the form is answered. To be asked for before `TheForm`, which sees to the
    token: what a forged form brought is let go as well."""
    async with request.form() as form:
        file = form.get("file")
        yield file if isinstance(file, UploadFile) else None


TheFile = Annotated[UploadFile | None, Depends(sent_file)]


def refusal(error: WatchkeeperError, *, at: str, written: Mapping[str, str]) -> dict[str, Any]:
    """A form that was refused, as its page shows it again: what was wrong, `at` which form, and what was written
    there, passwords apart."""
    kept = {name: value for name, value in written.items() if name not in SECRETS}
    return {**problem_document(error.status, error.code, error.message, error.fields), "at": at, "written": kept}


def whole(text: str) -> int | None:
    """A number that a page has written into its form; None for what is none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def the_project(request: Request, work: Work) -> Project:
    """The project of the page, which the gate has let through."""
    found = work.projects.get(permit_of(request).project or "")
    if found is None:
        raise NotFound("There is no such project here.")
    return found


def may(request: Request, right: Right, work: Work) -> bool:
    """Whether who asks has the right, so that a page shows no button that would be refused."""
    asked = permit_of(request)
    return right in rights_of(asked.identity, project=asked.project, members=work.members)


def shown(project: Project) -> dict[str, Any]:
    return show_project(project).model_dump()


def of_project(project: Project, found: Any, what: str) -> Any:
    """The thing, if it is this project's; a page's address names both."""
    if found is None or found.project != project.id:
        raise NotFound(f"There is no such {what} in this project.")
    return found


def the_deployment(project: Project, slug: str, work: Work) -> Deployment:
    found: Deployment = of_project(project, work.deployments.get(f"{project.slug}.{slug}"), "deployment")
    return found
