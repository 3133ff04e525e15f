"""How a person is called, and the login they sign in with: each belongs to one user."""

import unicodedata
from dataclasses import replace

from watchkeeper.access.errors import LoginRefused, LoginTaken
from watchkeeper.access.ports import Users
from watchkeeper.access.user import User

LONGEST_LOGIN = LONGEST_NAME = 200


def rename(user: User, *, name: str, login: str | None, users: Users) -> User:
    """Another name and login; who has a login keeps one. Raise LoginTaken where they are somebody else's."""
    user = users.get(user.id) or user
    login = checked_login(login) if login or user.login else None
    name = checked_person(name) or login or user.name
    check_free(name, login, users=users, but=user.id)
    changed = replace(user, name=name, login=login)
    users.replace(changed)
    return changed


def check_free(name: str, login: str | None, *, users: Users, but: str = "") -> None:
    """Nobody may pass for somebody else: by a name that reads alike, or by a name that is another's login."""
    others = [user for user in users.all() if user.id != but]
    taken = {_read(word) for user in others for word in (user.name, user.login) if word}
    if login and _read(login) in taken:
        raise LoginTaken(f"There is somebody else called '{login}' here; choose another login.", fields=("login",))
    if _read(name) in taken:
        raise LoginTaken(f"Somebody here is called '{name}' already; add something to the name.", fields=("name",))


def _read(word: str) -> str:
    """As the eye reads it: without case, and without the ways in which one letter is written."""
    return unicodedata.normalize("NFKC", word).casefold()


def checked_person(name: str) -> str:
    """What can be seen of a name; maybe nothing."""
    return " ".join("".join(letter for letter in name if letter.isprintable()).split())[:LONGEST_NAME]


def checked_login(login: str | None) -> str:
    """Small letters; an e-mail address or a name without spaces."""
    login = (login or "").strip().casefold()
    if not 1 <= len(login) <= LONGEST_LOGIN or any(letter.isspace() or not letter.isprintable() for letter in login):
        raise LoginRefused(f"A login has 1 to {LONGEST_LOGIN} characters and no spaces.", fields=("login",))
    return login
