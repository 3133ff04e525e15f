"""The outbox: everything arrives, once where nothing is killed, whatever the other channels do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.fakes.clock import StillClock
from watchkeeper.alerts.channel import Channel, Delivery, Event, Kind, State, Undelivered
from watchkeeper.alerts.delivering import CLAIM, GIVE_UP, Deliverer
from watchkeeper.projects.project import Project
from watchkeeper.storage.work import Store

NOW = StillClock().now()


@dataclass
class Receiver:
    """A way that keeps what it is given, and fails for the channels of which that is said."""

    failing: dict[str, Exception] = field(default_factory=dict)
    got: list[str] = field(default_factory=list)

    def send(self, delivery: Delivery, channel: Channel) -> None:
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


def test_after_three_days_it_is_given_up(post: Post) -> None:
    post.receiver.failing["c1"] = Undelivered("it is dead")
    post.put("a")
    post.clock.move(seconds=(GIVE_UP - timedelta(seconds=1)).total_seconds())
    post.deliverer.deliver()
    assert post.get("a").state is State.FAILED
