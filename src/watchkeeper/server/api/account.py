"""Who am I; one's own name, password and keys."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from watchkeeper.access.errors import NoKey
from watchkeeper.access.identifying import checked_scopes, earliest, issue_key, revoke_key, rotate_key
from watchkeeper.access.key import Key
from watchkeeper.access.naming import rename
from watchkeeper.access.permitting import Permit, person_of, rights_of
from watchkeeper.access.role import Right
from watchkeeper.access.signing_in import change_password, named, take_turn
from watchkeeper.access.user import User
from watchkeeper.projects.naming import checked_name
from watchkeeper.server.api.access import (
    KeyIssued,
    KeyShown,
    RateOfKey,
    RateWanted,
    Rotation,
    future,
    rate_of,
    set_rate,
    show_key,
    show_keys,
)
from watchkeeper.server.api.gate import TheAssembly, ThePermit, caller_address, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.assembly import Assembly
from watchkeeper.storage.work import Work

router = APIRouter(tags=["account"])
Secret = Annotated[str, Field(max_length=1_000)]

WithMade = Annotated[
    bool, Query(description="Also the keys that it made, and those made with these: your own, and of your projects.")
]


class UserShown(BaseModel):
    id: str
    name: str
    login: str | None
    administrator: bool


class Me(BaseModel):
    user: UserShown | None
    name: str


class OneselfChange(BaseModel):
    name: str
    login: str | None = Field(default=None, description="What one signs in with; kept without.")


class PasswordChange(BaseModel):
    old: Secret = ""
    new: Secret


class OwnKeyWanted(BaseModel):
    name: str
    expires: datetime | None = None
    scopes: list[str] = Field(
        default_factory=list,
        description="Some of predict, label, read, metrics; without, all that its user may.",
    )
    rate: RateOfKey | None = Field(default=None, description="How often it may call; as often as it likes without.")


@router.get("/me", **needs(Right.IDENTIFIED))
def me(permit: ThePermit) -> Me:
    return show_me(permit)


@router.put("/me", **needs(Right.IDENTIFIED))
def put_me(wanted: OneselfChange, permit: ThePermit, assembly: TheAssembly) -> Me:
    """Another name, and another login."""
    user = person_of(permit)
    with assembly.store.work() as work:
        login = wanted.login if wanted.login is not None else user.login
        changed = rename(user, name=wanted.name, login=login, users=work.users)
    shown = UserShown(**{name: getattr(changed, name) for name in UserShown.model_fields})
    return Me(user=shown, name=changed.name)


@router.put("/me/password", status_code=204, **needs(Right.IDENTIFIED))
def put_password(wanted: PasswordChange, request: Request, permit: ThePermit, assembly: TheAssembly) -> None:
    """All other sessions and sign-in links of this user end."""
    set_password(wanted, permit, caller_address(request), assembly)


@router.get("/me/keys", **needs(Right.IDENTIFIED))
def list_own_keys(permit: ThePermit, assembly: TheAssembly) -> Page[KeyShown]:
    with assembly.store.look() as work:
        return Page(items=show_keys(work.keys.of_user(person_of(permit).id), work, assembly), next=None)


@router.post("/me/keys", status_code=201, **needs(Right.IDENTIFIED))
def create_own_key(wanted: OwnKeyWanted, permit: ThePermit, assembly: TheAssembly) -> KeyIssued:
    """A key that may do all that its user may, or only what its scopes say. It ends with the key that made it. The
    secret is shown this once."""
    return make_own_key(wanted, permit, assembly)


@router.post("/me/keys/{mine}/rotate", status_code=201, **needs(Right.IDENTIFIED))
def rotate_own_key(mine: str, permit: ThePermit, assembly: TheAssembly, wanted: Rotation | None = None) -> KeyIssued:
    """Another secret for the same use; the old one works for the overlap. It ends with the key that rotates it."""
    return renew_own_key(mine, wanted or Rotation(), permit, assembly)


@router.put("/me/keys/{mine}/rate", **needs(Right.IDENTIFIED))
def put_own_rate(mine: str, wanted: RateWanted, permit: ThePermit, assembly: TheAssembly) -> KeyShown:
    """Another rate, of the old secret too while a rotation's overlap lasts. Within a second every process keeps it."""
    return set_own_rate(mine, wanted.rate, permit, assembly)


@router.delete("/me/keys/{mine}", status_code=204, **needs(Right.IDENTIFIED))
def revoke_own_key(mine: str, permit: ThePermit, assembly: TheAssembly, *, with_made: WithMade = False) -> None:
    end_own_key(mine, permit, assembly, with_made=with_made)


def show_me(permit: Permit) -> Me:
    user = permit.identity.user
    shown = UserShown(**{name: getattr(user, name) for name in UserShown.model_fields}) if user else None
    return Me(user=shown, name=permit.identity.name)


def set_password(wanted: PasswordChange, permit: Permit, address: str, assembly: Assembly) -> None:
    user = person_of(permit)
    if user.password is not None:
        take_turn(user.login or user.id, address=address, unit=assembly.store.work, clock=assembly.clock)
    with assembly.store.work() as work:
        change_password(
            user,
            old=wanted.old,
            new=wanted.new,
            session=permit.identity.session,
            users=work.users,
            sessions=work.sessions,
            links=work.links,
            clock=assembly.clock,
        )
        work.tries.clear(named(user.login or user.id), address=address)


def make_own_key(wanted: OwnKeyWanted, permit: Permit, assembly: Assembly) -> KeyIssued:
    user = person_of(permit)
    expires = earliest(future(wanted.expires, assembly.clock.now()), permit.identity.expires)
    scopes = checked_scopes(wanted.scopes, personal=True, administrator=user.administrator)
    with assembly.store.work() as work:
        key, secret = issue_key(
            checked_name(wanted.name, of="key"),
            keys=work.keys,
            clock=assembly.clock,
            user=user.id,
            expires=expires,
            scopes=scopes,
            rate=rate_of(wanted.rate),
            made_by=permit.identity.key,
        )
        work.generations.advance()
    return KeyIssued(**show_key(key).model_dump(), secret=secret)


def renew_own_key(mine: str, wanted: Rotation, permit: Permit, assembly: Assembly) -> KeyIssued:
    user, overlap = person_of(permit), timedelta(seconds=wanted.overlap_seconds)
    with assembly.store.work() as work:
        known = own_key(mine, user, work)
        until = permit.identity.expires
        fresh, secret = rotate_key(
            known,
            overlap=overlap,
            keys=work.keys,
            clock=assembly.clock,
            until=until,
            made_by=permit.identity.key,
        )
        work.generations.advance()
    return KeyIssued(**show_key(fresh).model_dump(), secret=secret)


def set_own_rate(mine: str, wanted: RateOfKey | None, permit: Permit, assembly: Assembly) -> KeyShown:
    with assembly.store.work() as work:
        return set_rate(own_key(mine, person_of(permit), work), wanted, permit=permit, work=work, assembly=assembly)


def own_key(mine: str, user: User, work: Work) -> Key:
    known = work.keys.get(mine)
    if known is None or known.user != user.id:
        raise NoKey("You have no such key.")
    return known


def end_own_key(mine: str, permit: Permit, assembly: Assembly, *, with_made: bool) -> None:
    """Nothing happens to a key that is not theirs."""
    user = person_of(permit)
    with assembly.store.work() as work:
        key = work.keys.get(mine)
        if key is not None and key.user == user.id:
            may = partial(may_end, permit=permit, work=work)
            revoke_key(key, with_made=may if with_made else None, keys=work.keys, clock=assembly.clock)
            work.generations.advance()


def may_end(key: Key, *, permit: Permit, work: Work) -> bool:
    """One's own, and those of the projects whose keys one manages."""
    if key.user is not None:
        return key.user == permit.user
    return Right.MANAGE in rights_of(permit.identity, project=key.project, members=work.members)
