"""The one place where an identity and a right become a permit."""

from dataclasses import dataclass, field
from typing import Final

from watchkeeper.access.errors import RightMissing, UnknownKey
from watchkeeper.access.ports import Members
from watchkeeper.access.role import RIGHTS, Right, Role
from watchkeeper.access.user import Identity, User
from watchkeeper.errors import NotFound

_SEAL: Final = object()


@dataclass(frozen=True)
class Permit:
    """Proof that an identity has a right (in a project, where the right is of a project). Only `permit` makes one.
    `rights` are all that it has there."""

    identity: Identity
    right: Right
    project: str | None
    rights: frozenset[Right]
    seal: object = field(repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("A permit is made by watchkeeper.access.permitting.permit, nowhere else.")

    @property
    def user(self) -> str:
        return self.identity.user.id if self.identity.user else ""


def permit(
    identity: Identity | None,
    right: Right,
    *,
    project: str | None,
    members: Members,
    what: str = "thing",
    deployment: str | None = None,
) -> Permit:
    """Raise Unidentified without an identity, NotFound where it may not even see, Forbidden where it may only see."""
    if right is Right.OPEN:
        return Permit(identity or Identity("anybody"), right, project, frozenset(), _SEAL)
    if identity is None:
        raise UnknownKey("No valid key or session. Send `Authorization: Bearer wk_...`, or sign in.")
    rights = rights_of(identity, project=project, members=members, deployment=deployment)
    if right in rights:
        return Permit(identity, right, project, rights, _SEAL)
    if project is not None and Right.READ not in rights:
        raise NotFound(f"There is no such {what} here, or you may not see it.")
    raise RightMissing(
        f"{identity.name} lacks the right to {right.value.replace('_', ' ')} here. Ask an admin of the project."
    )


def person_of(permit: Permit) -> User:
    """The user behind a permit, for what only they themselves may do. Raise RightMissing for a project's key, and for
    a key that may not do all that its user may: it could make itself one that does."""
    identity = permit.identity
    if identity.user is None:
        raise RightMissing("A project's key belongs to no person; use a personal key, or sign in.")
    if identity.scopes:
        raise RightMissing("A key with scopes can't do this; use one without, or sign in.")
    return identity.user


def seen_projects(identity: Identity, *, members: Members) -> list[str] | None:
    """The ids of those that it may read; None for all. A key of one deployment sees that one alone, and no project."""
    scoped = not identity.scopes or Right.READ.value in identity.scopes
    if identity.deployment is not None or not scoped:
        return []
    if identity.user is None:
        return [identity.project] if identity.project and identity.scopes else []
    if identity.user.administrator:
        return None
    user = identity.user.id
    roles = {project: members.role(project=project, user=user) for project in members.projects_of(user)}
    return [project for project, role in roles.items() if role and Right.READ in RIGHTS[Role(role)]]


def rights_of(
    identity: Identity, *, project: str | None, members: Members, deployment: str | None = None
) -> frozenset[Right]:
    """What a key's scopes leave of its user's rights, or are of a project's; of one deployment's key, only there."""
    known = frozenset({Right.IDENTIFIED})
    if identity.deployment is not None and identity.deployment != deployment:
        return known
    scoped = frozenset(Right(scope) for scope in identity.scopes)
    if identity.user is None:
        return known | (scoped if project is not None and identity.project == project else frozenset())
    rights = _rights_of_user(identity.user, project=project, members=members)
    return known | (rights & scoped if scoped else rights)


def _rights_of_user(user: User, *, project: str | None, members: Members) -> frozenset[Right]:
    if user.administrator:
        return frozenset(Right)
    role = members.role(project=project, user=user.id) if project else None
    return RIGHTS[Role(role)] if role else frozenset()
