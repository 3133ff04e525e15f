"""Signing in with a login and a password, at the pace of a person."""

from dataclasses import replace
from datetime import datetime, timedelta

from watchkeeper.access.errors import PasswordWrong, TooManyTries
from watchkeeper.access.identifying import begin_session
from watchkeeper.access.password import fits, hash_of, is_outdated
from watchkeeper.access.ports import OpenTries, Sessions, Tries, Users
from watchkeeper.access.user import User
from watchkeeper.clock import Clock

MOST_TRIES, WITHIN = 8, timedelta(minutes=15)
"""Tries by login, from wherever and without success, until one has to wait."""


def take_turn(login: str, *, unit: OpenTries, clock: Clock) -> None:
    """To be called before a password is looked at. Raise TooManyTries where this login has failed too often of late.

    The try is written down before tries are counted, so that of many at the same moment no more pass than of many in
    turn. One that is refused leaves no trace, so that it keeps nobody waiting for longer.
    """
    now, name = clock.now(), named(login)
    with unit() as work:
        number = work.tries.note(name, at=now, forget=now - WITHIN)
    with unit() as work:
        if work.tries.count(name, since=now - WITHIN) <= MOST_TRIES:
            return
        work.tries.forget(number)
    raise TooManyTries(f"Too many failed tries. Wait {WITHIN.seconds // 60} minutes, or ask for a sign-in link.")


def sign_in_with_password(
    login: str, password: str, *, users: Users, sessions: Sessions, tries: Tries, clock: Clock
) -> tuple[str, datetime]:
    """The secret of a new session. An unknown login and a wrong password answer alike."""
    user = users.by_login(named(login))
    if not fits(password, user.password if user else None) or user is None or user.disabled:
        raise PasswordWrong("Login and password don't fit together.", fields=("login", "password"))
    if user.password and is_outdated(user.password):
        users.replace(replace(user, password=hash_of(password, login=login)))
    tries.clear(named(login))
    return begin_session(user.id, sessions=sessions, clock=clock)


def change_password(
    user: User, *, old: str, new: str, session: str | None, users: Users, sessions: Sessions, tries: Tries
) -> None:
    """All other sessions end. Who has no password yet sets one."""
    user = users.get(user.id) or user
    if user.password is not None and not fits(old, user.password):
        raise PasswordWrong("The old password is not that.", fields=("old",))
    users.replace(replace(user, password=hash_of(new, login=user.login or user.name, field="new")))
    sessions.end(user.id, but=session)
    tries.clear(named(user.login or user.id))


def named(login: str) -> str:
    return login.strip().casefold()[:200]
