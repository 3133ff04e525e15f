"""Signing in with a password, and what older data becomes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from tests.fakes.clock import StillClock
from watchkeeper.access.errors import LoginTaken, PasswordWrong, TooManyTries
from watchkeeper.access.identifying import identity_of_session
from watchkeeper.access.password import hash_of
from watchkeeper.access.signing_in import (
    BESIEGED,
    FEWEST_TRIES,
    MOST_FROM_ADDRESS,
    MOST_TRIES,
    sign_in_with_password,
    take_turn,
)
from watchkeeper.access.user import User
from watchkeeper.storage import migrating
from watchkeeper.storage.migrating import migrate
from watchkeeper.storage.work import Store

PASSWORD = "correct horse battery"


def with_ann(store: Store, clock: StillClock) -> User:
    ann = User(
        "u9", "Ann", administrator=False, created=clock.now(), login="ann", password=hash_of(PASSWORD, login="ann")
    )
    with store.work() as work:
        work.users.add(ann)
    return ann


def test_a_login_and_its_password_open_a_session(store: Store) -> None:
    clock = StillClock()
    ann = with_ann(store, clock)
    with store.work() as work:
        secret, _ = sign_in_with_password(
            " ANN ",
            PASSWORD,
            address="192.0.2.1",
            users=work.users,
            sessions=work.sessions,
            tries=work.tries,
            clock=clock,
        )
        identity = identity_of_session(secret, sessions=work.sessions, users=work.users, keys=work.keys, clock=clock)
    assert identity is not None
    assert identity.user == ann


@pytest.mark.parametrize(("login", "password"), [("ann", "wrong"), ("nobody", PASSWORD), ("", ""), ("ann", "x" * 5000)])
def test_a_wrong_password_and_an_unknown_login_answer_alike(store: Store, login: str, password: str) -> None:
    clock = StillClock()
    with_ann(store, clock)
    with store.work() as work, pytest.raises(PasswordWrong, match="don't fit together"):
        sign_in_with_password(
            login,
            password,
            address="192.0.2.1",
            users=work.users,
            sessions=work.sessions,
            tries=work.tries,
            clock=clock,
        )


def test_who_fails_too_often_has_to_wait(store: Store) -> None:
    clock = StillClock()
    for _ in range(MOST_TRIES):
        take_turn("Ann", address="192.0.2.1", unit=store.work, clock=clock)
    for _ in range(3):
        with pytest.raises(TooManyTries, match="15 minutes"):
            take_turn("ann ", address="192.0.2.1", unit=store.work, clock=clock)
    take_turn("bob", address="192.0.2.1", unit=store.work, clock=clock)
    clock.move(minutes=15)
    take_turn("ann", address="192.0.2.1", unit=store.work, clock=clock)


def test_who_gets_it_right_begins_anew(store: Store) -> None:
    clock = StillClock()
    with_ann(store, clock)
    for _ in range(MOST_TRIES + 1):
        take_turn("ann", address="192.0.2.1", unit=store.work, clock=clock)
        with store.work() as work:
            sign_in_with_password(
                "ann",
                PASSWORD,
                address="192.0.2.1",
                users=work.users,
                sessions=work.sessions,
                tries=work.tries,
                clock=clock,
            )


def test_of_many_tries_at_the_same_moment_no_more_pass_than_in_turn(store: Store) -> None:
    clock = StillClock()

    def passes(_: int) -> bool:
        try:
            take_turn("ann", address="192.0.2.1", unit=store.work, clock=clock)
        except TooManyTries:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(passes, range(24))) <= MOST_TRIES


def test_keys_of_an_earlier_version_may_do_what_they_could(tmp_path: Path) -> None:
    """A project's key could predict, a personal key could do all that its user could."""
    store = Store(f"sqlite:///{tmp_path / 'old.sqlite'}")
    config = Config()
    config.set_main_option("script_location", str(Path(migrating.__file__).parent / "migrations"))
    with store.engine.execution_options(writes=True).connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(sa.text("INSERT INTO users (id, name, administrator, created) VALUES ('u', 'U', 1, 0)"))
        project = (
            "INSERT INTO projects (id, name, slug, description, created, created_by) VALUES ('p','P','p','',0,'u')"
        )
        connection.execute(sa.text(project))
        for key, owner in (("personal", "user"), ("shared", "project")):
            values = {"id": key, "name": "k", "digest": key, "created": 0, owner: owner[0]}
            connection.execute(sa.table("keys", *(sa.column(name) for name in values)).insert().values(**values))
    migrate(store)
    with store.look() as work:
        personal, shared = work.keys.get("personal"), work.keys.get("shared")
    assert personal is not None
    assert shared is not None
    assert (personal.scopes, shared.scopes) == ((), ("predict",))
    assert personal.predicts
    assert shared.predicts
    store.close()


def test_guesses_from_many_addresses_leave_the_right_person_a_turn_of_their_own(store: Store) -> None:
    clock, turns = StillClock(), 0
    for place in range(BESIEGED):
        for _ in range(MOST_TRIES):
            try:
                take_turn("ann", address=f"198.51.100.{place}", unit=store.work, clock=clock)
            except TooManyTries:
                break
            turns += 1
    assert turns < BESIEGED + FEWEST_TRIES * BESIEGED, "not the eight that each address has in quiet times"
    take_turn("ann", address="192.0.2.1", unit=store.work, clock=clock)


def test_an_address_that_tries_many_logins_has_to_wait(store: Store) -> None:
    clock = StillClock()
    for number in range(MOST_FROM_ADDRESS):
        take_turn(f"login {number}", address="192.0.2.1", unit=store.work, clock=clock)
    with pytest.raises(TooManyTries):
        take_turn("ann", address="192.0.2.1", unit=store.work, clock=clock)
    take_turn("ann", address="192.0.2.2", unit=store.work, clock=clock)


@pytest.mark.parametrize("twin", [{"login": "ann"}, {"name": "Ann"}])
def test_a_name_and_a_login_belong_to_one_user_even_at_the_same_moment(store: Store, twin: dict[str, Any]) -> None:
    clock = StillClock()
    ann = with_ann(store, clock)
    other = replace(ann, id="u8", name="Anna", login="anna")
    with store.work() as work:
        work.users.add(other)
    for change in ("add", "replace"):
        taken = replace(other, id="u7" if change == "add" else "u8", **twin)
        with pytest.raises(LoginTaken, match="just now"), store.work() as work:
            getattr(work.users, change)(taken)
    with store.look() as work:
        assert work.users.get("u8") == other
