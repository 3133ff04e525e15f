"""Who belongs to a project, and as what. A project never loses its last admin."""

from watchkeeper.access.errors import LastAdmin, NoMember, RoleUnknown
from watchkeeper.access.ports import Members, Users
from watchkeeper.access.role import Role
from watchkeeper.access.user import Member


def checked_role(role: str) -> str:
    if role not in set(Role):
        raise RoleUnknown(f"'{role}' is no role; use one of {', '.join(Role)}.", fields=("role",))
    return role


def add_member(project: str, login: str, *, role: str, users: Users, members: Members) -> Member:
    """Of a user who is known by this login."""
    user = users.by_login(login.strip().casefold())
    if user is None or user.disabled:
        raise NoMember(f"There is no user '{login}' here. Invite them by a link.", fields=("login",))
    member = Member(project=project, user=user.id, role=checked_role(role))
    if members.role(project=project, user=user.id) is not None:
        change_role(project, user.id, role=role, users=users, members=members)
    else:
        members.add(member)
    return member


def change_role(project: str, user: str, *, role: str, users: Users, members: Members) -> None:
    role = checked_role(role)
    _check_left(project, user, users=users, members=members, keeps=role == Role.ADMIN)
    members.change(project=project, user=user, role=role)


def remove_member(project: str, user: str, *, users: Users, members: Members) -> None:
    _check_left(project, user, users=users, members=members, keeps=False)
    members.remove(project=project, user=user)


def _check_left(project: str, user: str, *, users: Users, members: Members, keeps: bool) -> None:
    """An admin who is disabled could let nobody in."""
    roles = {member.user: member.role for member in members.of_project(project)}
    if user not in roles:
        raise NoMember("That user is no member of this project.", fields=("user",))
    others = [users.get(name) for name, role in roles.items() if role == Role.ADMIN and name != user]
    if not keeps and roles[user] == Role.ADMIN and not any(other and not other.disabled for other in others):
        raise LastAdmin("This is the project's last admin; make somebody else one first.", fields=("user",))
