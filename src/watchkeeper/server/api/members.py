"""Who belongs to a project; invitations; the users of this installation."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from watchkeeper.access.errors import NoMember
from watchkeeper.access.invitation import Invitation
from watchkeeper.access.inviting import accept, invite
from watchkeeper.access.membering import add_member, change_role, remove_member
from watchkeeper.access.role import Right
from watchkeeper.access.user import User
from watchkeeper.errors import Conflict
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.assembly import Assembly
from watchkeeper.storage.work import Work

router = APIRouter(tags=["members"])
Secret = Annotated[str, Field(max_length=1_000)]


class MemberShown(BaseModel):
    user: str
    name: str
    login: str | None
    role: str


class MemberWanted(BaseModel):
    login: str
    role: str


class RoleWanted(BaseModel):
    role: str


class InvitationWanted(BaseModel):
    role: str
    note: str = ""


class InvitationShown(BaseModel):
    id: str
    role: str
    note: str
    created: datetime
    expires: datetime
    accepted: datetime | None
    withdrawn: datetime | None


class InvitationMade(InvitationShown):
    url: str


class Acceptance(BaseModel):
    token: str
    login: str
    name: str = ""
    password: Secret


class UserListed(BaseModel):
    id: str
    name: str
    login: str | None
    administrator: bool
    created: datetime
    disabled: datetime | None


class UserChange(BaseModel):
    disabled: bool


class OneselfDisabled(Conflict):
    code = "oneself-disabled"


@router.get("/projects/{project}/members", **needs(Right.READ))
def list_members(permit: ThePermit, assembly: TheAssembly) -> Page[MemberShown]:
    with assembly.store.look() as work:
        return Page(items=members_of(permit.project or "", work), next=None)


@router.post("/projects/{project}/members", status_code=201, **needs(Right.MANAGE))
def post_member(wanted: MemberWanted, permit: ThePermit, assembly: TheAssembly) -> MemberShown:
    """Make a user of this installation a member, or give a member another role."""
    with assembly.store.work() as work:
        member = add_member(
            permit.project or "", wanted.login, role=wanted.role, users=work.users, members=work.members
        )
        work.generations.advance()
        return next(each for each in members_of(permit.project or "", work) if each.user == member.user)


@router.put("/projects/{project}/members/{user}", **needs(Right.MANAGE))
def put_member(user: str, wanted: RoleWanted, permit: ThePermit, assembly: TheAssembly) -> MemberShown:
    with assembly.store.work() as work:
        change_role(permit.project or "", user, role=wanted.role, users=work.users, members=work.members)
        work.generations.advance()
        return next(each for each in members_of(permit.project or "", work) if each.user == user)


@router.delete("/projects/{project}/members/{user}", status_code=204, **needs(Right.MANAGE))
def delete_member(user: str, permit: ThePermit, assembly: TheAssembly) -> None:
    """From now on the user may not even see the project; its keys of theirs don't open it any more."""
    with assembly.store.work() as work:
        remove_member(permit.project or "", user, users=work.users, members=work.members)
        work.generations.advance()


@router.get("/projects/{project}/invitations", **needs(Right.MANAGE))
def list_invitations(permit: ThePermit, assembly: TheAssembly) -> Page[InvitationShown]:
    with assembly.store.look() as work:
        found = work.invitations.of_project(permit.project or "")
    return Page(items=[show_invitation(each) for each in found], next=None)


@router.post("/projects/{project}/invitations", status_code=201, **needs(Right.MANAGE))
def post_invitation(wanted: InvitationWanted, permit: ThePermit, assembly: TheAssembly) -> InvitationMade:
    """A link that makes its bearer a member, once, within seven days. It is shown this once."""
    with assembly.store.work() as work:
        made, token = invite(
            wanted.role, note=wanted.note, permit=permit, invitations=work.invitations, clock=assembly.clock
        )
    return show_made(made, token, assembly)


@router.delete("/projects/{project}/invitations/{invitation}", status_code=204, **needs(Right.MANAGE))
def delete_invitation(invitation: str, permit: ThePermit, assembly: TheAssembly) -> None:
    with assembly.store.work() as work:
        work.invitations.withdraw(invitation, project=permit.project or "", at=assembly.clock.now())


@router.post("/invitations/accept", status_code=201, **needs(Right.OPEN))
def accept_invitation(wanted: Acceptance, assembly: TheAssembly) -> UserListed:
    """Become a user, and a member of the project that invited."""
    with assembly.store.work() as work:
        user = accept(
            wanted.token,
            login=wanted.login,
            name=wanted.name,
            password=wanted.password,
            invitations=work.invitations,
            users=work.users,
            members=work.members,
            clock=assembly.clock,
        )
        work.generations.advance()
    return show_user(user)


@router.get("/users", **needs(Right.ADMINISTER))
def list_users(assembly: TheAssembly) -> Page[UserListed]:
    with assembly.store.look() as work:
        return Page(items=[show_user(user) for user in work.users.all()], next=None)


@router.put("/users/{user}", **needs(Right.ADMINISTER))
def put_user(user: str, wanted: UserChange, permit: ThePermit, assembly: TheAssembly) -> UserListed:
    """Disable a user, whose sessions end and whose keys are refused from then on, or enable one again."""
    with assembly.store.work() as work:
        found = work.users.get(user)
        if found is None:
            raise NoMember("There is no such user here.")
        if found.id == permit.user and wanted.disabled:
            raise OneselfDisabled("Nobody disables themselves; another administrator can.")
        changed = replace(found, disabled=assembly.clock.now() if wanted.disabled else None)
        work.users.replace(changed)
        if wanted.disabled:
            work.sessions.end(found.id, but=None)
            work.links.cancel(found.id, at=assembly.clock.now())
        work.generations.advance()
    return show_user(changed)


def members_of(project: str, work: Work) -> list[MemberShown]:
    found = [(member, work.users.get(member.user)) for member in work.members.of_project(project)]
    return [
        MemberShown(user=member.user, name=user.name, login=user.login, role=member.role)
        for member, user in sorted(found, key=lambda pair: pair[1].name if pair[1] else "")
        if user is not None
    ]


def show_invitation(invitation: Invitation) -> InvitationShown:
    return InvitationShown(**{name: getattr(invitation, name) for name in InvitationShown.model_fields})


def show_made(invitation: Invitation, token: str, assembly: Assembly) -> InvitationMade:
    url = f"{assembly.settings.shown_url}/invitations?token={token}"
    return InvitationMade(**show_invitation(invitation).model_dump(), url=url)


def show_user(user: User) -> UserListed:
    return UserListed(**{name: getattr(user, name) for name in UserListed.model_fields})
