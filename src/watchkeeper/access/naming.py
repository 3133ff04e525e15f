"""How a person is called, and the login they sign in with: each belongs to one user."""

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
    other = users.by_login(login) if login else None
    if other is not None and other.id != user.id:
        raise LoginTaken(f"'{login}' is somebody else's login; choose another.", fields=("login",))
    check_free(name, users=users, but=user.id)
    changed = replace(user, name=name, login=login)
    users.replace(changed)
    return changed


def check_free(name: str, *, users: Users, but: str = "") -> None:
    known = users.named(name)
    if known is not None and known.id != but:
        raise LoginTaken(f"Somebody here is called '{name}' already; add something to the name.", fields=("name",))


def checked_person(name: str) -> str:
    """What can be seen of a name; maybe nothing."""
    return " ".join("".join(letter for letter in name if letter.isprintable()).split())[:LONGEST_NAME]


def checked_login(login: str | None) -> str:
    """Small letters; an e-mail address or a name without spaces."""
    login = (login or "").strip().casefold()
    if not 1 <= len(login) <= LONGEST_LOGIN or any(letter.isspace() or not letter.isprintable() for letter in login):
        raise LoginRefused(f"A login has 1 to {LONGEST_LOGIN} characters and no spaces.", fields=("login",))
    return login
