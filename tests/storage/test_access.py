from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.fakes.clock import StillClock
from watchkeeper.access.errors import KeyRefused, LinkSpent
from watchkeeper.access.identifying import (
    first_administrator,
    identity_of_key,
    identity_of_session,
    issue_key,
    issue_link,
    rotate_key,
    sign_in,
)
from watchkeeper.access.rate import Rate, RateChange
from watchkeeper.access.rating import change_rate
from watchkeeper.storage.work import Store


def test_there_is_one_administrator_however_often_the_server_starts(store: Store) -> None:
    clock = StillClock()
    with store.work() as work:
        first = first_administrator(users=work.users, clock=clock)
    with store.work() as work:
        assert first_administrator(users=work.users, clock=clock) == first


def test_a_secret_identifies_its_user_until_it_expires_or_is_revoked(store: Store) -> None:
    clock = StillClock()
    with store.work() as work:
        user = first_administrator(users=work.users, clock=clock)
        expires = clock.now() + timedelta(hours=1)
        _, lasting = issue_key("lasting", keys=work.keys, clock=clock, user=user.id)
        _, brief = issue_key("brief", keys=work.keys, clock=clock, user=user.id, expires=expires)
        known = identity_of_key(f" {lasting}\n", keys=work.keys, users=work.users, clock=clock)
        assert known is not None
        assert known.user == user
        clock.move(hours=1)
        assert identity_of_key(brief, keys=work.keys, users=work.users, clock=clock) is None
        work.keys.revoke_named(user=user.id, name="lasting", at=clock.now())
        assert identity_of_key(lasting, keys=work.keys, users=work.users, clock=clock) is None


def test_the_secret_itself_is_not_kept(store: Store) -> None:
    clock = StillClock()
    with store.work() as work:
        user = first_administrator(users=work.users, clock=clock)
        key, secret = issue_key("mine", keys=work.keys, clock=clock, user=user.id)
        kept = work.keys.get(key.id)
    assert kept is not None
    assert secret not in repr(kept)


def test_another_rate_is_of_all_secrets_that_a_key_has_and_who_gave_it_is_kept(store: Store) -> None:
    clock, first, second = StillClock(), Rate(60), Rate(5, "second", rows=100)
    with store.work() as work:
        user = first_administrator(users=work.users, clock=clock)
        old, _ = issue_key("till", keys=work.keys, clock=clock, user=user.id, rate=first)
        new, _ = rotate_key(old, overlap=timedelta(hours=1), keys=work.keys, clock=clock)
        newest, _ = rotate_key(new, overlap=timedelta(hours=1), keys=work.keys, clock=clock)
        other, _ = issue_key("other", keys=work.keys, clock=clock, user=user.id, rate=first)
        begun = clock.now()
        assert change_rate(new, second, by="Ann", keys=work.keys, clock=clock).rate == second
        clock.move(minutes=1)
        change_rate(work.keys.named([newest.id])[0], second, by="Bob", keys=work.keys, clock=clock)
        change_rate(work.keys.named([newest.id])[0], None, by="Bob", keys=work.keys, clock=clock)
    with store.look() as work:
        found = {key.id: key.rate for key in work.keys.of_user(user.id)}
        changes = work.keys.rate_changes([old.id, other.id])
    assert found == {old.id: None, new.id: None, newest.id: None, other.id: first}
    assert changes == [
        RateChange(old.id, clock.now(), "Bob", before=second, after=None),
        RateChange(old.id, begun, "Ann", before=first, after=second),
    ]


def test_a_key_that_works_no_longer_has_no_other_rate(store: Store) -> None:
    clock = StillClock()
    with store.work() as work:
        user = first_administrator(users=work.users, clock=clock)
        key, _ = issue_key("brief", keys=work.keys, clock=clock, user=user.id, expires=clock.now())
        with pytest.raises(KeyRefused):
            change_rate(key, Rate(1), by="Ann", keys=work.keys, clock=clock)


def test_a_sign_in_link_works_once(store: Store) -> None:
    clock = StillClock()
    with store.work() as work:
        user = first_administrator(users=work.users, clock=clock)
        token, _ = issue_link(user.id, links=work.links, clock=clock)

    def use(_: int) -> str | None:
        try:
            with store.work() as work:
                return sign_in(token, links=work.links, sessions=work.sessions, clock=clock)[0]
        except LinkSpent:
            return None

    with ThreadPoolExecutor(8) as pool:
        secrets = [secret for secret in pool.map(use, range(8)) if secret]
    assert len(secrets) == 1
    with store.look() as work:
        found = identity_of_session(secrets[0], sessions=work.sessions, users=work.users, keys=work.keys, clock=clock)
    assert found is not None
    assert found.user == user


def test_a_sign_in_link_expires_after_ten_minutes(store: Store) -> None:
    clock = StillClock()
    with store.work() as work:
        user = first_administrator(users=work.users, clock=clock)
        token, expires = issue_link(user.id, links=work.links, clock=clock)
        assert expires == clock.now() + timedelta(minutes=10)
        clock.move(minutes=10)
        with pytest.raises(LinkSpent, match="watchkeeper sign-in"):
            sign_in(token, links=work.links, sessions=work.sessions, clock=clock)
