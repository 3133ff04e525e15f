"""Signing in with a login and a password, at the pace of a person."""

from dataclasses import replace
from datetime import datetime, timedelta

from watchkeeper.access.errors import PasswordWrong, TooManyTries
from watchkeeper.access.identifying import begin_session
from watchkeeper.access.password import fits, hash_of, is_outdated
from watchkeeper.access.ports import Links, OpenTries, Sessions, Tries, Users
from watchkeeper.access.user import Ticket, User
from watchkeeper.clock import Clock

MOST_TRIES, WITHIN = 8, timedelta(minutes=15)
"""Tries of one login from one address, without success, until one has to wait."""
BESIEGED, FEWEST_TRIES = 40, 2
"""With so many tries of a login from wherever, each address has only the fewest: who guesses from many addresses gets
no further, and the right person still comes in from their own."""
MOST_FROM_ADDRESS = 100
"""Tries from one address, of whatever logins."""


def take_turn(login: str, *, address: str, unit: OpenTries, clock: Clock) -> None:
    """To be called before a password is looked at. Raise TooManyTries where this login, or this address, has failed too
    often of late.

    The try is written down before tries are counted, so that of many at the same moment no more pass than of many in
    turn. One that is refused leaves no trace, so that it keeps nobody waiting for longer.
    """
    now, name = clock.now(), named(login)
    with unit() as work:
        number = work.tries.note(name, address=address, at=now, forget=now - WITHIN)
    with unit() as work:
        if _has_turn(name, address, tries=work.tries, since=now - WITHIN):
            return
        work.tries.forget(number)
    raise TooManyTries(f"Too many failed tries. Wait {WITHIN.seconds // 60} minutes, or ask for a sign-in link.")


def _has_turn(login: str, address: str, *, tries: Tries, since: datetime) -> bool:
    besieged = tries.count(login=login, address=None, since=since) > BESIEGED
    most = FEWEST_TRIES if besieged else MOST_TRIES
    here = tries.count(login=login, address=address, since=since)
    return here <= most and tries.count(login=None, address=address, since=since) <= MOST_FROM_ADDRESS


def sign_in_with_password(
    login: str, password: str, *, address: str, users: Users, sessions: Sessions, tries: Tries, clock: Clock
) -> tuple[str, datetime]:
    """The secret of a new session. An unknown login and a wrong password answer alike."""
    user = users.by_login(named(login))
    if not fits(password, user.password if user else None) or user is None or user.disabled:
        raise PasswordWrong("Login and password don't fit together.", fields=("password",))
    if user.password and is_outdated(user.password):
        users.replace(replace(user, password=hash_of(password, login=login)))
    tries.clear(named(login), address=address)
    return begin_session(Ticket(user.id), sessions=sessions, clock=clock)


def change_password(
    user: User, *, old: str, new: str, session: str | None, users: Users, sessions: Sessions, links: Links, clock: Clock
) -> None:
    """All other sessions and open sign-in links end. Who has no password yet sets one."""
    user = users.get(user.id) or user
    if user.password is not None and not fits(old, user.password):
        raise PasswordWrong("The old password is not that.", fields=("old",))
    users.replace(replace(user, password=hash_of(new, login=user.login or user.name, field="new")))
    sessions.end(user.id, but=session)
    links.cancel(user.id, at=clock.now())


def named(login: str) -> str:
    return login.strip().casefold()[:200]
