from datetime import timedelta

from tests.fakes.clock import StillClock
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
