"""The members of a project, and invitations to it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.invitation import Invitation
from watchkeeper.access.inviting import invite, may_still_invite
from watchkeeper.access.membering import add_member, change_role, remove_member
from watchkeeper.access.permitting import Permit, rights_of
from watchkeeper.access.role import Right
from watchkeeper.errors import WatchkeeperError
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs, permit_of
from watchkeeper.server.api.members import InvitationMade, members_of, show_invitation, show_made
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import TheForm, go, page, refusal, shown, the_project
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)


@router.get(PAGES["members"], **needs(Right.READ))
def members(request: Request, assembly: TheAssembly) -> Response:
    return _page(request, assembly)


@router.post(PAGES["members"], **needs(Right.MANAGE))
def add(request: Request, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    try:
        with assembly.store.work() as work:
            login, role = form.get("login", ""), form.get("role", "")
            add_member(permit.project or "", login, role=role, users=work.users, members=work.members)
            work.generations.advance()
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at="add", form=form)
    return _back(permit, assembly)


@router.post(PAGES["member_role"], **needs(Right.MANAGE))
def change(request: Request, user: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    try:
        with assembly.store.work() as work:
            role = form.get("role", "")
            change_role(permit.project or "", user, role=role, users=work.users, members=work.members)
            work.generations.advance()
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at="member", form={})
    return _back(permit, assembly)


@router.post(PAGES["member_remove"], **needs(Right.MANAGE))
def remove(request: Request, user: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    del form  # its token is all there is to it
    try:
        with assembly.store.work() as work:
            remove_member(permit.project or "", user, users=work.users, members=work.members)
            work.generations.advance()
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at="member", form={})
    return _back(permit, assembly)


@router.post(PAGES["invite"], **needs(Right.MANAGE))
def make_invitation(request: Request, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    """The link is on the page that answers, and never again."""
    role, note = form.get("role", ""), form.get("note", "")
    try:
        with assembly.store.work() as work:
            made, token = invite(role, note=note, permit=permit, invitations=work.invitations, clock=assembly.clock)
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at="invite", form=form)
    return _page(request, assembly, status=201, invited=show_made(made, token, assembly))


@router.post(PAGES["withdraw"], **needs(Right.MANAGE))
def withdraw(invitation: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    del form
    with assembly.store.work() as work:
        work.invitations.withdraw(invitation, project=permit.project or "", at=assembly.clock.now())
    return _back(permit, assembly)


def _back(permit: Permit, assembly: Assembly) -> Response:
    """To the members, unless who asked has just taken the right to see them from themselves."""
    with assembly.store.look() as work:
        project = work.projects.get(permit.project or "")
        rights = rights_of(permit.identity, project=permit.project, members=work.members)
    return go("members", project=project.slug) if project and Right.READ in rights else go("projects")


def _refused(
    request: Request, assembly: Assembly, error: WatchkeeperError, *, at: str, form: dict[str, str]
) -> Response:
    return _page(request, assembly, status=error.status, refused=refusal(error, at=at, written=form))


def _page(
    request: Request,
    assembly: Assembly,
    *,
    status: int = 200,
    invited: InvitationMade | None = None,
    refused: dict[str, Any] | None = None,
) -> Response:
    permit = permit_of(request)
    with assembly.store.look() as work:
        project = the_project(request, work)
        context = {
            "project": shown(project),
            "members": [each.model_dump() for each in members_of(project.id, work)],
            "invitations": _open(project.id, work, assembly) if Right.MANAGE in permit.rights else [],
            "invited": invited.model_dump() if invited else None,
            "myself": permit.user,
            "refused": refused,
        }
    return page(request, "members.html", status=status, **context)


def _open(project: str, work: Work, assembly: Assembly) -> list[dict[str, Any]]:
    now = assembly.clock.now()
    return [_shown(each, work) for each in work.invitations.of_project(project) if each.is_open(now)]


def _shown(invitation: Invitation, work: Work) -> dict[str, Any]:
    maker = work.users.get(invitation.created_by)
    void = not may_still_invite(invitation, users=work.users, members=work.members)
    return {**show_invitation(invitation).model_dump(), "by": maker.name if maker else "somebody", "void": void}
