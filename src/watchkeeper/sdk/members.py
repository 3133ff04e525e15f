"""People: the members of a project, invitations to it, and the users of an installation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.reading import known_moment, moment

Role = Literal["admin", "contributor", "viewer", "end_user"]


@dataclass(frozen=True)
class Member:
    """`user` is an id; `login` is None for one who only has keys or links."""

    user: str
    name: str
    login: str | None
    role: str

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Invitation:
    """`url` opens it, once; it is known only to the object that `invite` returned."""

    id: str
    role: str
    note: str
    created: datetime
    expires: datetime
    accepted: datetime | None
    withdrawn: datetime | None
    url: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in vars(self).items()}


@dataclass(frozen=True)
class User:
    id: str
    name: str
    login: str | None
    administrator: bool
    created: datetime
    disabled: datetime | None


class Members:
    """The members of a project."""

    def __init__(self, caller: Caller, project: str) -> None:
        self._caller = caller
        self._path = f"/projects/{project}/members"
        self._invitations = f"/projects/{project}/invitations"

    def list(self) -> Sequence[Member]:
        return [Member(**each) for each in self._caller.pages(self._path)]

    def add(self, login: str, role: Role) -> Member:
        """Make a user who is known by this login a member, or give a member another role.

        Raises:
            NotFound: nobody has this login; invite them.
        """
        return Member(**self._caller.post(self._path, {"login": login, "role": role}))

    def change(self, member: Member | str, role: Role) -> Member:
        """Give a member (or the id of its user) another role, from the next request on.

        Raises:
            Conflict: it is the project's last admin.
        """
        return Member(**self._caller.put(f"{self._path}/{_user(member)}", {"role": role}))

    def remove(self, member: Member | str) -> None:
        """From now on they may not even see the project.

        Raises:
            Conflict: it is the project's last admin.
        """
        self._caller.delete(f"{self._path}/{_user(member)}")

    def invite(self, role: Role, note: str = "") -> Invitation:
        """A link that makes its bearer a member, once, within seven days. Its `url` is shown this once.

        Args:
            role: what they become.
            note: whom it is for.
        """
        return _invitation(self._caller.post(self._invitations, {"role": role, "note": note}))

    def invitations(self) -> Sequence[Invitation]:
        """All of them, those taken up and withdrawn too; newest first."""
        return [_invitation(each) for each in self._caller.pages(self._invitations)]

    def withdraw(self, invitation: Invitation | str) -> None:
        """An invitation, or its id, opens nothing any more."""
        name = invitation.id if isinstance(invitation, Invitation) else invitation
        self._caller.delete(f"{self._invitations}/{name}")


class Users:
    """The users of this installation, for an administrator."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list(self) -> Sequence[User]:
        return [_person(each) for each in self._caller.pages("/users")]

    def disable(self, user: User | str) -> User:
        """Their sessions end, and their keys are refused."""
        return self._change(user, disabled=True)

    def enable(self, user: User | str) -> User:
        return self._change(user, disabled=False)

    def _change(self, user: User | str, *, disabled: bool) -> User:
        name = user.id if isinstance(user, User) else user
        return _person(self._caller.put(f"/users/{name}", {"disabled": disabled}))


def _user(member: Member | str) -> str:
    return member.user if isinstance(member, Member) else member


def _invitation(said: Mapping[str, Any]) -> Invitation:
    moments = {name: moment(said[name]) for name in ("accepted", "withdrawn")}
    known = {name: known_moment(said[name]) for name in ("created", "expires")}
    return Invitation(**{**said, **moments, **known})


def _person(said: Mapping[str, Any]) -> User:
    return User(**{**said, "created": known_moment(said["created"]), "disabled": moment(said["disabled"])})
