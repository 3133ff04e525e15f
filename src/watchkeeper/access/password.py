"""Passwords: checked for length alone, kept as argon2id."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from watchkeeper.access.errors import PasswordRefused

SHORTEST, LONGEST = 12, 1_000


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher().hash("the password of nobody")


def hash_of(password: str, *, login: str, field: str = "password") -> str:
    """Raise PasswordRefused where it is too short, too long, or the login itself."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordRefused(
            f"A password has {SHORTEST} to {LONGEST:,} characters; this one has {len(password):,}.",
            fields=(field,),
        )
    if password.casefold() == login.casefold():
        raise PasswordRefused("The password is the login; choose another.", fields=(field,))
    return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """The same work is done where there is no password, so that the time tells nothing."""
    try:
        return _hasher().verify(kept or _nobodys(), password[: LONGEST + 1]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    return _hasher().check_needs_rehash(kept)
