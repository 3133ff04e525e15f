"""Bringing people in: an invitation by link, taken up with a login and a password or by who is known already."""

from datetime import timedelta

from watchkeeper.access.errors import InvitationSpent, LoginTaken
from watchkeeper.access.invitation import Invitation
from watchkeeper.access.key import digest_of, new_secret
from watchkeeper.access.membering import checked_role
from watchkeeper.access.naming import check_free, checked_login, checked_person
from watchkeeper.access.password import hash_of
from watchkeeper.access.permitting import Permit
from watchkeeper.access.ports import Invitations, Members, Users
from watchkeeper.access.role import Role
from watchkeeper.access.user import Member, User
from watchkeeper.clock import Clock
from watchkeeper.names import new_id

LIFE = timedelta(days=7)


def invite(role: str, *, note: str, permit: Permit, invitations: Invitations, clock: Clock) -> tuple[Invitation, str]:
    """The invitation, and its token, which can't be read back later."""
    token, now = new_secret(""), clock.now()
    invitation = Invitation(
        id=new_id(),
        digest=digest_of(token),
        project=permit.project or "",
        role=checked_role(role),
        note=checked_person(note),
        created=now,
        created_by=permit.user,
        expires=now + LIFE,
    )
    invitations.add(invitation)
    return invitation, token


def open_invitation(
    token: str, *, invitations: Invitations, users: Users, members: Members, clock: Clock
) -> Invitation:
    """Raise InvitationSpent where the token is none, or is taken up, withdrawn or too old, or where who made it may
    invite nobody any more."""
    found = invitations.by_digest(digest_of(token))
    if found is None or not found.is_open(clock.now()) or not may_still_invite(found, users=users, members=members):
        raise InvitationSpent("This invitation has been taken up, withdrawn, or has expired. Ask for another.")
    return found


def accept(
    token: str,
    *,
    login: str,
    name: str,
    password: str,
    invitations: Invitations,
    users: Users,
    members: Members,
    clock: Clock,
) -> User:
    """Make a user of the bearer, and a member of the project."""
    invitation = open_invitation(token, invitations=invitations, users=users, members=members, clock=clock)
    login = checked_login(login)
    if users.by_login(login):
        raise LoginTaken(
            f"There is a user '{login}' already. Sign in first, then open the invitation again.", fields=("login",)
        )
    name = checked_person(name) or login
    check_free(name, login, users=users)
    user = User(
        id=new_id(),
        name=name,
        administrator=False,
        created=clock.now(),
        login=login,
        password=hash_of(password, login=login),
    )
    users.add(user)
    join(invitation, user.id, invitations=invitations, members=members, clock=clock)
    return user


def join(invitation: Invitation, user: str, *, invitations: Invitations, members: Members, clock: Clock) -> None:
    """For who is known already; one who is a member keeps the role."""
    if not invitations.take_up(invitation.id, at=clock.now()):
        raise InvitationSpent("This invitation has been taken up meanwhile. Ask for another.")
    if members.role(project=invitation.project, user=user) is None:
        members.add(Member(project=invitation.project, user=user, role=invitation.role))


def may_still_invite(invitation: Invitation, *, users: Users, members: Members) -> bool:
    """Whether who made it could make it today."""
    user = users.get(invitation.created_by)
    if user is None or user.disabled:
        return False
    return user.administrator or members.role(project=invitation.project, user=user.id) == Role.ADMIN
