"""From a secret to an identity: keys, sign-in links, sessions."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from watchkeeper.access.errors import KeyRefused, LinkSpent
from watchkeeper.access.key import Key, Scope, digest_of, new_secret
from watchkeeper.access.ports import Keys, Links, Sessions, Users
from watchkeeper.access.rate import Rate
from watchkeeper.access.user import Identity, Ticket, User
from watchkeeper.clock import Clock
from watchkeeper.names import new_id

LINK_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(days=14)
LONGEST_OVERLAP = timedelta(days=90)


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
    scopes: Sequence[str] | None = None,
    deployment: str | None = None,
    rate: Rate | None = None,
    made_by: str | None = None,
    origin: str | None = None,
) -> tuple[Key, str]:
    """The key, and its secret, which can't be read back later. Without scopes a personal key may do all that its user
    may, a project's key may predict."""
    secret = new_secret()
    key = Key(
        id=new_id(),
        name=name,
        digest=digest_of(secret),
        created=clock.now(),
        user=user,
        project=project,
        expires=expires,
        scopes=checked_scopes(scopes, personal=user is not None),
        deployment=deployment,
        rate=rate,
        made_by=made_by,
        origin=origin,
    )
    keys.add(key)
    return key, secret


def checked_scopes(scopes: Sequence[str] | None, *, personal: bool, administrator: bool = True) -> tuple[str, ...]:
    """Raise KeyRefused. Metrics are of the whole installation."""
    if not scopes:
        return () if personal else (Scope.PREDICT.value,)
    unknown = [scope for scope in scopes if scope not in set(Scope)]
    if unknown:
        raise KeyRefused(f"'{unknown[0]}' is no scope; use some of {', '.join(Scope)}.", fields=("scopes",))
    if Scope.METRICS in scopes and not (personal and administrator):
        raise KeyRefused("The scope metrics is for keys of an administrator's own.", fields=("scopes",))
    return tuple(dict.fromkeys(scopes))


def rotate_key(
    key: Key,
    *,
    overlap: timedelta,
    keys: Keys,
    clock: Clock,
    until: datetime | None = None,
    made_by: str | None = None,
) -> tuple[Key, str]:
    """Another key of the same name and rights; the old one works for a while longer, and both share one rate. The new
    one ends when the old one would have, and no later than `until`."""
    now = clock.now()
    if not key.works(now):
        raise KeyRefused("The key works no longer; make another instead of rotating it.", fields=("key",))
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise KeyRefused(
            f"The overlap has to lie between 0 seconds and {LONGEST_OVERLAP.days} days.", fields=("overlap_seconds",)
        )
    fresh, secret = issue_key(
        key.name,
        keys=keys,
        clock=clock,
        user=key.user,
        project=key.project,
        expires=earliest(key.expires, until),
        scopes=key.scopes,
        deployment=key.deployment,
        rate=key.rate,
        made_by=made_by,
        origin=key.lineage,
    )
    keys.expire(key.id, at=min(now + overlap, key.expires or now + overlap))
    return fresh, secret


def revoke_key(key: Key, *, with_made: Callable[[Key], bool] | None, keys: Keys, clock: Clock) -> None:
    """End it; with `with_made` also the keys that it made, those that these made, and so on, as far as that allows."""
    now, ending, seen = clock.now(), [key], {key.id}
    for each in ending:
        keys.revoke(each.id, at=now)
        made = [other for other in keys.made_by(each.id) if other.id not in seen] if with_made else []
        seen |= {other.id for other in made}
        ending += [other for other in made if with_made and with_made(other)]


def earliest(*moments: datetime | None) -> datetime | None:
    """None is never."""
    return min((each for each in moments if each is not None), default=None)


def identity_of_key(secret: str, *, keys: Keys, users: Users, clock: Clock) -> Identity | None:
    now = clock.now()
    key = keys.by_digest(digest_of(secret))
    if key is None or not key.works(now):
        return None
    user = users.get(key.user) if key.user else None
    if user is not None and user.disabled:
        return None
    return Identity(
        name=user.name if user else f"key {key.name}",
        user=user,
        project=key.project,
        scopes=key.scopes,
        deployment=key.deployment,
        expires=key.expires,
        key=key.id,
    )


def issue_link(user: str, *, key: str | None = None, links: Links, clock: Clock) -> tuple[str, datetime]:
    """A token that signs its bearer in once, within ten minutes. The session ends with the `key` that asked for it."""
    token = new_secret("")
    expires = clock.now() + LINK_LIFE
    links.add(digest_of(token), ticket=Ticket(user, key), expires=expires)
    return token, expires


def sign_in(token: str, *, links: Links, sessions: Sessions, clock: Clock) -> tuple[str, datetime]:
    """The secret of a new session for the token of a link, which it uses up."""
    ticket = links.spend(digest_of(token), at=clock.now())
    if ticket is None:
        raise LinkSpent("This sign-in link has been used or has expired. `watchkeeper sign-in` makes another.")
    return begin_session(ticket, sessions=sessions, clock=clock)


def begin_session(ticket: Ticket, *, sessions: Sessions, clock: Clock) -> tuple[str, datetime]:
    """Its secret, and when it ends."""
    secret, expires = new_secret(""), clock.now() + SESSION_LIFE
    sessions.add(digest_of(secret), ticket=ticket, expires=expires)
    return secret, expires


def identity_of_session(secret: str, *, sessions: Sessions, users: Users, keys: Keys, clock: Clock) -> Identity | None:
    digest, now = digest_of(secret), clock.now()
    ticket = sessions.ticket(digest, at=now)
    user = users.get(ticket.user) if ticket else None
    if ticket is None or user is None or user.disabled:
        return None
    key = keys.get(ticket.key) if ticket.key else None
    if ticket.key and (key is None or not key.works(now)):
        return None
    return Identity(name=user.name, user=user, session=digest, expires=key.expires if key else None, key=ticket.key)
