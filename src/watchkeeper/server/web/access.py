"""The door: signing in and out, and taking up an invitation."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from watchkeeper.access.errors import LinkSpent, PasswordWrong, RightMissing, TooManyTries
from watchkeeper.access.identifying import SESSION_LIFE, begin_session, sign_in
from watchkeeper.access.invitation import Invitation
from watchkeeper.access.inviting import accept, join, open_invitation
from watchkeeper.access.key import digest_of
from watchkeeper.access.permitting import person_of
from watchkeeper.access.role import Right
from watchkeeper.access.signing_in import sign_in_with_password, take_turn
from watchkeeper.access.user import Ticket
from watchkeeper.errors import Conflict, Refused
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import SESSION_COOKIE, TheAssembly, caller_address, needs, permit_of
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import checked_form, go, page, refusal
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)


@router.get(PAGES["sign_in"], **needs(Right.OPEN))
def sign_in_page(request: Request, token: str | None = None) -> Response:
    """Opening the link changes nothing; only its button does."""
    return page(request, "sign_in.html", token=token, why=None, refused=None)


@router.post(PAGES["sign_in"], **needs(Right.OPEN))
async def sign_in_now(request: Request, assembly: TheAssembly) -> Response:
    form = await _door_form(request)
    if "login" in form:
        return await run_in_threadpool(_with_password, request, form, assembly)
    try:
        with assembly.store.work() as work:
            secret, _ = sign_in(form.get("token", ""), links=work.links, sessions=work.sessions, clock=assembly.clock)
    except LinkSpent:
        return page(request, "sign_in.html", status=401, token=None, why="used", refused=None)
    return _signed_in(request, secret)


async def _door_form(request: Request) -> dict[str, str]:
    """Who is not inside yet has no token to prove where a form came from; the browser says it."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise RightMissing("This form was sent by another site. Open the page here and send it once more.")
    return {name: str(value) for name, value in (await request.form()).items()}


def _with_password(request: Request, form: Mapping[str, str], assembly: Assembly) -> Response:
    try:
        address = caller_address(request)
        take_turn(form["login"], address=address, unit=assembly.store.work, clock=assembly.clock)
        with assembly.store.work() as work:
            secret, _ = sign_in_with_password(
                form["login"],
                form.get("password", ""),
                address=address,
                users=work.users,
                sessions=work.sessions,
                tries=work.tries,
                clock=assembly.clock,
            )
    except (PasswordWrong, TooManyTries) as refused:
        said = refusal(refused, at="door", written=form)
        return page(request, "sign_in.html", status=refused.status, token=None, why=None, refused=said)
    return _signed_in(request, secret)


@router.get(PAGES["invitation"], **needs(Right.OPEN))
def invitation_page(request: Request, token: str, assembly: TheAssembly) -> Response:
    """Opening the link changes nothing; only its form does."""
    return _invitation(request, token, assembly)


@router.post(PAGES["invitation"], **needs(Right.OPEN))
async def take_up_invitation(request: Request, assembly: TheAssembly) -> Response:
    form = await _door_form(request)
    if "login" in form:
        return await run_in_threadpool(_take_up, request, form, assembly)
    await checked_form(request)
    return await run_in_threadpool(_join, request, form.get("token", ""), assembly)


def _join(request: Request, token: str, assembly: Assembly) -> Response:
    """Who is signed in needs no other login."""
    user = person_of(permit_of(request))
    with assembly.store.work() as work:
        found = _open(token, work, assembly)
        join(found, user.id, invitations=work.invitations, members=work.members, clock=assembly.clock)
        work.generations.advance()
    return go("projects")


def _open(token: str, work: Work, assembly: Assembly) -> Invitation:
    return open_invitation(
        token, invitations=work.invitations, users=work.users, members=work.members, clock=assembly.clock
    )


def _take_up(request: Request, form: Mapping[str, str], assembly: Assembly) -> Response:
    given = {name: form.get(name, "") for name in ("login", "name", "password")}
    try:
        with assembly.store.work() as work:
            user = accept(
                form.get("token", ""),
                **given,
                invitations=work.invitations,
                users=work.users,
                members=work.members,
                clock=assembly.clock,
            )
            secret, _ = begin_session(Ticket(user.id), sessions=work.sessions, clock=assembly.clock)
            work.generations.advance()
    except (Refused, Conflict) as refused:
        said = refusal(refused, at="door", written=form)
        return _invitation(request, form.get("token", ""), assembly, status=refused.status, refused=said)
    return _signed_in(request, secret)


def _invitation(request: Request, token: str, assembly: Assembly, *, status: int = 200, **more: object) -> Response:
    with assembly.store.look() as work:
        found = _open(token, work, assembly)
        project = work.projects.get(found.project)
    invited_to = project.name if project else ""
    return page(
        request,
        "invitation.html",
        status=status,
        token=token,
        invited_to=invited_to,
        role=found.role,
        **{"refused": None, **more},
    )


def _signed_in(request: Request, secret: str) -> Response:
    answer = go("projects")
    answer.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post(PAGES["sign_out"], **needs(Right.IDENTIFIED))
async def sign_out(request: Request, assembly: TheAssembly) -> Response:
    await checked_form(request)
    with assembly.store.work() as work:
        work.sessions.remove(digest_of(request.cookies[SESSION_COOKIE]))
    answer = go("sign_in")
    answer.delete_cookie(SESSION_COOKIE)
    return answer
