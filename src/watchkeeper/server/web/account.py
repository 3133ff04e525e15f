"""A person's own page: name, login, password and keys."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.naming import rename
from watchkeeper.access.permitting import Permit, person_of
from watchkeeper.access.role import Right
from watchkeeper.errors import NotFound, Refused, WatchkeeperError
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.access import KeyIssued
from watchkeeper.server.api.account import (
    OwnKeyWanted,
    PasswordChange,
    end_own_key,
    make_own_key,
    renew_own_key,
    set_own_rate,
    set_password,
)
from watchkeeper.server.api.gate import TheAssembly, ThePermit, caller_address, needs, permit_of
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import TheForm, go, page, refusal
from watchkeeper.server.web.keying import OVERLAPS, end_of_day, sorted_keys, ticked_scopes, wanted_rate, wanted_rotation
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
ALL, SOME = "all", "some"


@router.get(PAGES["account"], **needs(Right.IDENTIFIED))
def account(request: Request, assembly: TheAssembly, done: str | None = None) -> Response:
    return _page(request, assembly, done=done)


@router.post(PAGES["account"], **needs(Right.IDENTIFIED))
def change(request: Request, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    try:
        with assembly.store.work() as work:
            rename(person_of(permit), name=form.get("name", ""), login=form.get("login", ""), users=work.users)
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at="person", form=form)
    return go("account", {"done": "person"})


@router.post(PAGES["password"], **needs(Right.IDENTIFIED))
def change_own_password(request: Request, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    old, new = form.get("old", "")[:1_000], form.get("new", "")
    try:
        if new != form.get("again", ""):
            raise TypedTwice("The two are not the same; type the new password twice.", fields=("again",))
        set_password(PasswordChange.model_construct(old=old, new=new), permit, caller_address(request), assembly)
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at="password", form=form)
    return go("account", {"done": "password"})


@router.post(PAGES["own_keys"], **needs(Right.IDENTIFIED))
def create(request: Request, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    """The secret is on the page that answers, and never again."""
    try:
        scopes = [] if form.get("reach") == ALL else ticked_scopes(form)
        wanted = OwnKeyWanted(
            name=form.get("name", ""),
            expires=end_of_day(form.get("expires", "")),
            scopes=scopes,
            rate=wanted_rate(form),
        )
        made = make_own_key(wanted, permit, assembly)
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at="key", form=form)
    return _page(request, assembly, status=201, made=made)


@router.post(PAGES["own_rotate"], **needs(Right.IDENTIFIED))
def rotate(request: Request, mine: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    try:
        made = renew_own_key(mine, wanted_rotation(form), permit, assembly)
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at="keys", form={})
    return _page(request, assembly, status=201, made=made)


@router.post(PAGES["own_rate"], **needs(Right.IDENTIFIED))
def rate(request: Request, mine: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    try:
        set_own_rate(mine, wanted_rate(form), permit, assembly)
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at=f"rate-{mine}", form=form)
    return go("account")


@router.post(PAGES["own_revoke"], **needs(Right.IDENTIFIED))
def revoke(mine: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    end_own_key(mine, permit, assembly, with_made=form.get("with-made") == "yes")
    return go("account")


class TypedTwice(Refused):
    """A new password and its repetition differ."""

    code = "typed-twice"


def _refused(
    request: Request, assembly: Assembly, error: WatchkeeperError, *, at: str, form: dict[str, str]
) -> Response:
    return _page(request, assembly, status=error.status, refused=refusal(error, at=at, written=form))


def _page(
    request: Request,
    assembly: Assembly,
    *,
    status: int = 200,
    made: KeyIssued | None = None,
    refused: dict[str, Any] | None = None,
    done: str | None = None,
) -> Response:
    permit = permit_of(request)
    with assembly.store.look() as work:
        user = work.users.get(person_of(permit).id)
        if user is None:
            raise NotFound("You are no longer known here.")
        context = {
            "user": {"name": user.name, "login": user.login, "administrator": user.administrator},
            "has_password": user.password is not None,
            "memberships": _memberships(permit, work),
            "keys": sorted_keys(work.keys.of_user(user.id), work, assembly),
            "overlaps": OVERLAPS,
            "processes": assembly.settings.workers,
            "made": made.model_dump() if made else None,
            "refused": refused,
            "done": done,
        }
    return page(request, "account.html", status=status, **context)


def _memberships(permit: Permit, work: Work) -> list[dict[str, Any]]:
    found = [(work.projects.get(project), project) for project in work.members.projects_of(permit.user)]
    return [
        {"name": each.name, "slug": each.slug, "role": work.members.role(project=project, user=permit.user)}
        for each, project in found
        if each is not None
    ]
