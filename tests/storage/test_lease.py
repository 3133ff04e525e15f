from datetime import timedelta
from pathlib import Path

from tests.fakes.clock import StillClock
from watchkeeper.server.succeeding import leave, take_over
from watchkeeper.storage.work import Store

MINUTE = timedelta(minutes=1)


def test_a_lease_is_held_by_one_until_it_runs_out_and_then_the_old_token_is_worth_nothing(store: Store) -> None:
    clock = StillClock()
    with store.work() as work:
        first = work.lease.take("x", holder="a", now=clock.now(), until=clock.now() + MINUTE)
        assert first is not None
        assert work.lease.take("x", holder="b", now=clock.now(), until=clock.now() + MINUTE) is None
        assert work.lease.still("x", first)
    clock.move(minutes=2)
    with store.work() as work:
        second = work.lease.take("x", holder="b", now=clock.now(), until=clock.now() + MINUTE)
        assert second is not None
        assert second > first
        assert not work.lease.still("x", first)
        assert work.lease.still("x", second)


def test_its_holder_renews_a_lease_under_the_same_token(store: Store) -> None:
    clock = StillClock()
    with store.work() as work:
        tokens = {work.lease.take("x", holder="a", now=clock.now(), until=clock.now() + MINUTE) for _ in range(3)}
    assert len(tokens) == 1


def test_what_a_holder_leaves_another_takes_at_once_under_a_greater_token(store: Store) -> None:
    clock = StillClock()
    with store.work() as work:
        first = work.lease.take("x", holder="a", now=clock.now(), until=clock.now() + MINUTE)
        work.lease.take("y", holder="b", now=clock.now(), until=clock.now() + MINUTE)
    leave("a", unit=store.work, clock=clock)
    with store.work() as work:
        second = work.lease.take("x", holder="c", now=clock.now(), until=clock.now() + MINUTE)
        assert first is not None
        assert second is not None
        assert second > first
        assert not work.lease.still("x", first)
        assert work.lease.take("y", holder="c", now=clock.now(), until=clock.now() + MINUTE) is None


def test_a_worker_takes_over_what_the_one_before_it_in_its_directory_held(store: Store, tmp_path: Path) -> None:
    clock, file = StillClock(), tmp_path / "run" / "worker.holder"
    for holder in ("one", "two", "three"):
        take_over(file, holder=holder, unit=store.work, clock=clock)
        with store.work() as work:
            assert work.lease.take("x", holder=holder, now=clock.now(), until=clock.now() + MINUTE) is not None
            assert work.lease.take("x", holder="elsewhere", now=clock.now(), until=clock.now() + MINUTE) is None
