"""From a secret to an identity: keys, sign-in links, sessions."""

from datetime import datetime, timedelta

from watchkeeper.access.errors import LinkSpent
from watchkeeper.access.key import Key, digest_of, new_secret
from watchkeeper.access.ports import Keys, Links, Sessions, Users
from watchkeeper.access.user import Identity, User
from watchkeeper.clock import Clock
from watchkeeper.names import new_id

LINK_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(days=14)


def first_administrator(*, users: Users, clock: Clock) -> User:
    """The administrator, made on the first start."""
    known = users.administrators()
    if known:
        return known[0]
    user = User(id=new_id(), name="administrator", administrator=True, created=clock.now())
    users.add(user)
    return user


def issue_key(
    name: str,
    *,
    keys: Keys,
    clock: Clock,
    user: str | None = None,
    project: str | None = None,
    expires: datetime | None = None,
) -> tuple[Key, str]:
    """The key, and its secret, which can't be read back later."""
    secret = new_secret()
    key = Key(
        id=new_id(),
        name=name,
        digest=digest_of(secret),
        created=clock.now(),
        user=user,
        project=project,
        expires=expires,
    )
    keys.add(key)
    return key, secret


def identity_of_key(secret: str, *, keys: Keys, users: Users, clock: Clock) -> Identity | None:
    now = clock.now()
    key = keys.by_digest(digest_of(secret))
    if key is None or not key.works(now):
        return None
    user = users.get(key.user) if key.user else None
    return Identity(name=user.name if user else f"key {key.name}", user=user, project=key.project)


def issue_link(user: str, *, links: Links, clock: Clock) -> tuple[str, datetime]:
    """A token that signs its bearer in once, within ten minutes."""
    token = new_secret("")
    expires = clock.now() + LINK_LIFE
    links.add(digest_of(token), user=user, expires=expires)
    return token, expires


def sign_in(token: str, *, links: Links, sessions: Sessions, clock: Clock) -> tuple[str, datetime]:
    """The secret of a new session for the token of a link, which it uses up."""
    now = clock.now()
    user = links.spend(digest_of(token), at=now)
    if user is None:
        raise LinkSpent("This sign-in link has been used or has expired. `watchkeeper sign-in` makes another.")
    secret, expires = new_secret(""), now + SESSION_LIFE
    sessions.add(digest_of(secret), user=user, expires=expires)
    return secret, expires


def identity_of_session(secret: str, *, sessions: Sessions, users: Users, clock: Clock) -> Identity | None:
    digest = digest_of(secret)
    name = sessions.user(digest, at=clock.now())
    user = users.get(name) if name else None
    return Identity(name=user.name, user=user, session=digest) if user else None
