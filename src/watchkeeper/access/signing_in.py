"""Signing in with a login and a password, at the pace of a person."""

from dataclasses import replace
from datetime import datetime, timedelta

from watchkeeper.access.errors import PasswordWrong, TooManyTries
from watchkeeper.access.identifying import SESSION_LIFE
from watchkeeper.access.key import digest_of, new_secret
from watchkeeper.access.password import fits, hash_of, is_outdated
from watchkeeper.access.ports import Sessions, Tries, Users
from watchkeeper.access.user import User
from watchkeeper.clock import Clock

MOST_FAILURES, WITHIN = 8, timedelta(minutes=15)
"""Failed tries by login, from wherever, until one has to wait."""


def check_pace(login: str, *, tries: Tries, clock: Clock) -> None:
    """Raise TooManyTries where this login has failed too often of late. To be asked, and its failures noted, in a
    transaction of their own: a refused sign-in must leave its trace."""
    failures = tries.failures(_named(login), since=clock.now() - WITHIN)
    if failures >= MOST_FAILURES:
        raise TooManyTries(f"Too many failed tries. Wait {WITHIN.seconds // 60} minutes, or ask for a sign-in link.")


def note_failure(login: str, *, tries: Tries, clock: Clock) -> None:
    tries.note(_named(login), at=clock.now(), forget=clock.now() - WITHIN)


def sign_in_with_password(
    login: str, password: str, *, users: Users, sessions: Sessions, clock: Clock
) -> tuple[str, datetime]:
    """The secret of a new session. An unknown login and a wrong password answer alike."""
    user = users.by_login(_named(login))
    if not fits(password, user.password if user else None) or user is None or user.disabled:
        raise PasswordWrong("Login and password don't fit together.", fields=("login", "password"))
    if user.password and is_outdated(user.password):
        users.replace(replace(user, password=hash_of(password, login=login)))
    secret, expires = new_secret(""), clock.now() + SESSION_LIFE
    sessions.add(digest_of(secret), user=user.id, expires=expires)
    return secret, expires


def change_password(user: User, *, old: str, new: str, session: str | None, users: Users, sessions: Sessions) -> None:
    """All other sessions end. Who has no password yet sets one."""
    if user.password is not None and not fits(old, user.password):
        raise PasswordWrong("The old password is not that.", fields=("old",))
    users.replace(replace(user, password=hash_of(new, login=user.login or user.name)))
    sessions.end(user.id, but=session)


def _named(login: str) -> str:
    return login.strip().casefold()[:200]
