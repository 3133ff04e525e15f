"""The outbox: everything arrives, once where nothing is killed, whatever the other channels do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event as Event_

import pytest

from tests.fakes.clock import StillClock
from watchkeeper.alerts.channel import Channel, Delivery, Event, Kind, State, Undelivered
from watchkeeper.alerts.delivering import CLAIM, GIVE_UP, TRIES, Deliverer
from watchkeeper.projects.project import Project
from watchkeeper.storage.work import Store

NOW = StillClock().now()


@dataclass
class Receiver:
    """A way that keeps what it is given, and fails for the channels of which that is said."""

    failing: dict[str, Exception] = field(default_factory=dict)
    got: list[str] = field(default_factory=list)
    waiting: dict[str, tuple[Event_, Event_]] = field(default_factory=dict)

    def send(self, delivery: Delivery, channel: Channel) -> None:
        if channel.id in self.waiting:
            taking, go_on = self.waiting[channel.id]
            taking.set()
            go_on.wait(10)
        if channel.id in self.failing:
            raise self.failing[channel.id]
        self.got.append(delivery.id)


@dataclass
class Post:
    store: Store
    clock: StillClock
    receiver: Receiver
    deliverer: Deliverer

    def put(self, *names: str, channel: str = "c1") -> None:
        with self.store.work() as work:
            for name in names:
                now = self.clock.now()
                work.deliveries.add(Delivery(name, channel, None, Event.NOTICE, {}, created=now, due=now))

    def get(self, name: str) -> Delivery:
        with self.store.look() as work:
            found = work.deliveries.get(name)
        assert found is not None
        return found


@pytest.fixture
def post(store: Store) -> Iterator[Post]:
    clock, receiver = StillClock(), Receiver()
    with store.work() as work:
        work.projects.add(Project("p1", "P", "p", "", NOW, "u1"))
        for name in ("c1", "c2", "off"):
            work.channels.add(Channel(name, "p1", name, Kind.EMAIL, {"to": ["a@b"]}, None, name != "off", NOW, "u1"))
    with ThreadPoolExecutor(4) as pool:
        ways = {Kind.EMAIL: receiver}
        yield Post(store, clock, receiver, Deliverer(store.work, store.look, ways, clock, pool))


def test_what_is_due_is_delivered_in_order_once(post: Post) -> None:
    post.put("a", "b")
    assert post.deliverer.deliver() == 2
    assert post.deliverer.deliver() == 0
    assert post.receiver.got == ["a", "b"]
    assert (post.get("a").state, post.get("a").attempts, post.get("a").delivered) == (State.DELIVERED, 1, NOW)


def test_a_failure_is_tried_again_later_and_later(post: Post) -> None:
    post.receiver.failing["c1"] = Undelivered("it answered 500")
    post.put("a")
    pauses = []
    for _ in range(4):
        post.deliverer.deliver()
        found = post.get("a")
        assert (found.state, found.error) == (State.WAITING, "it answered 500")
        pauses.append((found.due - post.clock.now()).total_seconds())
        assert post.deliverer.deliver() == 0
        post.clock.move(seconds=pauses[-1])
    assert pauses == [2, 4, 8, 16]
    del post.receiver.failing["c1"]
    post.deliverer.deliver()
    assert (post.get("a").state, post.get("a").error, post.receiver.got) == (State.DELIVERED, None, ["a"])


def test_a_dead_channel_with_many_messages_keeps_no_other_waiting(post: Post) -> None:
    post.receiver.failing["c1"] = Undelivered("it is dead")
    post.put(*(f"dead {n}" for n in range(50)))
    post.put("alive", channel="c2")
    post.deliverer.deliver()
    assert post.receiver.got == ["alive"]


def test_who_was_killed_while_sending_is_tried_again_after_the_claim(post: Post) -> None:
    post.put("a")
    with post.store.work() as work:
        assert work.deliveries.claim(post.get("a"), until=NOW + CLAIM)
    assert post.deliverer.deliver() == 0
    post.clock.move(seconds=CLAIM.total_seconds())
    assert post.deliverer.deliver() == 1
    assert post.receiver.got == ["a"]


def test_one_message_is_claimed_by_one(post: Post) -> None:
    post.put("a")
    seen = post.get("a")
    with post.store.work() as work:
        assert work.deliveries.claim(seen, until=NOW + CLAIM)
        assert not work.deliveries.claim(seen, until=NOW + CLAIM)


def test_what_can_never_arrive_is_given_up_and_says_why(post: Post) -> None:
    post.put("off", channel="off")
    post.put("removed", channel="nothing")
    post.receiver.failing["c1"] = Undelivered("gone", lasting=True)
    post.put("gone")
    post.receiver.failing["c2"] = RuntimeError("a bug")
    post.put("bug", channel="c2")
    post.deliverer.deliver()
    assert [post.get(name).state for name in ("off", "removed", "gone", "bug")] == [State.FAILED] * 3 + [State.WAITING]
    assert post.get("bug").error == "RuntimeError: a bug"


def test_after_three_days_and_many_tries_it_is_given_up(post: Post) -> None:
    post.receiver.failing["c1"] = Undelivered("it is dead")
    post.put("a")
    while post.get("a").state is State.WAITING:
        post.clock.move(seconds=max((post.get("a").due - post.clock.now()).total_seconds(), 0.0))
        assert post.deliverer.deliver() == 1
    assert post.get("a").state is State.FAILED
    assert post.clock.now() - NOW >= GIVE_UP - timedelta(hours=1)
    assert post.get("a").attempts >= TRIES


def test_a_machine_that_was_off_for_a_week_tries_on_when_its_first_try_fails(post: Post) -> None:
    post.receiver.failing["c1"] = Undelivered("the network is not up yet")
    post.put("a")
    post.clock.move(days=7)
    post.deliverer.deliver()
    assert post.get("a").state is State.WAITING
    del post.receiver.failing["c1"]
    post.clock.move(seconds=2)
    assert post.deliverer.deliver() == 1
    assert post.receiver.got == ["a"]


def test_a_clock_that_leapt_ahead_and_back_keeps_no_message_waiting(post: Post) -> None:
    post.clock.move(days=30)
    post.receiver.failing["c1"] = Undelivered("it answered 500")
    post.put("a")
    post.deliverer.deliver()
    post.clock.move(days=-30)
    del post.receiver.failing["c1"]
    assert post.deliverer.deliver() == 1
    assert post.receiver.got == ["a"]


def test_a_channel_that_is_slow_is_left_alone_while_others_are_told_what_came_later(post: Post) -> None:
    taking, go_on = Event_(), Event_()
    post.receiver.waiting["c1"] = (taking, go_on)
    post.put("slow")
    (slow,) = post.deliverer.begin()
    assert taking.wait(10)
    post.put("next of the slow")
    post.put("later", channel="c2")
    assert post.deliverer.deliver() == 1
    assert post.receiver.got == ["later"]
    go_on.set()
    assert slow.result(10) == 1
    assert post.deliverer.deliver() == 1
    assert post.receiver.got == ["later", "slow", "next of the slow"]


def test_a_channel_that_is_removed_while_messages_wait_gets_none_of_them(post: Post) -> None:
    post.receiver.failing["c1"] = Undelivered("it answered 500")
    post.put("a", "b")
    post.deliverer.deliver()
    with post.store.work() as work:
        work.channels.remove("c1")
    del post.receiver.failing["c1"]
    post.clock.move(seconds=5)
    while post.deliverer.deliver():
        pass
    assert post.receiver.got == []
    assert {post.get(name).error for name in ("a", "b")} == {"The channel was removed or switched off."}
