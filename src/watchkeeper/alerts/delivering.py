"""Taking messages out of the outbox to where they belong, until they have arrived.

A message is claimed for a while, tried, and marked; killed in between, it is tried again once the claim is over. So it
arrives at least once, with an id by which a receiver knows the second time for what it is. Each channel has its own
queue, and one that is slow or dead keeps no other waiting.
"""

import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

from watchkeeper.alerts.channel import Channel, Delivery, Kind, State, Undelivered
from watchkeeper.alerts.ports import OpenUnit, Way
from watchkeeper.clock import Clock

log = logging.getLogger(__name__)
CLAIM = timedelta(seconds=60)
"""Longer than any try may take."""
FIRST, LONGEST = timedelta(seconds=2), timedelta(hours=1)
GIVE_UP, TRIES = timedelta(days=3), 20
"""A message is given up after both: a machine that was off for days, or whose clock leapt, tries as often as any."""
AT_ONCE, OF_EACH = 16, 5
LONGEST_ERROR = 500


@dataclass(frozen=True)
class Deliverer:
    unit: OpenUnit
    look: OpenUnit
    ways: Mapping[Kind, Way]
    clock: Clock
    pool: ThreadPoolExecutor
    busy: set[str] = field(default_factory=set)
    """Channels that are being told at this moment."""

    def deliver(self) -> int:
        """What is due, at most five a channel; how many were tried."""
        return sum(begun.result() for begun in self.begin())

    def begin(self) -> list[Future[int]]:
        """The same without waiting for it; a channel that is still being told is left alone."""
        now = self.clock.now()
        with self.look() as work:
            due = work.deliveries.due(now=now, latest=now + LONGEST + CLAIM, each=OF_EACH)
        names = [name for name in dict.fromkeys(each.channel for each in due) if name not in self.busy]
        self.busy.update(names)
        return [
            self.pool.submit(self._work_off, name, [each for each in due if each.channel == name]) for name in names
        ]

    def _work_off(self, channel: str, queue: list[Delivery]) -> int:
        try:
            return self._try_each(queue)
        except Exception:
            log.exception("the messages to the channel %s could not be worked off; trying again", channel)
            return 0
        finally:
            self.busy.discard(channel)

    def _try_each(self, queue: list[Delivery]) -> int:
        tried = 0
        for delivery in queue:
            with self.unit() as work:
                mine = work.deliveries.claim(delivery, until=self.clock.now() + CLAIM)
                channel = work.channels.get(delivery.channel)
            if not mine:
                continue
            tried += 1
            done = self._tried(replace(delivery, attempts=delivery.attempts + 1), channel)
            with self.unit() as work:
                work.deliveries.change(done)
            if done.state is not State.DELIVERED:
                break  # the others of this channel would fare no better now
        return tried

    def _tried(self, delivery: Delivery, channel: Channel | None) -> Delivery:
        try:
            if channel is None or not channel.enabled:
                raise Undelivered("The channel was removed or switched off.", lasting=True)
            self.ways[channel.kind].send(delivery, channel)
        except Undelivered as failure:
            return self._later(delivery, failure.reason, lasting=failure.lasting)
        except Exception as failure:
            log.exception("a message could not be sent")
            return self._later(delivery, f"{type(failure).__name__}: {failure}", lasting=False)
        return replace(delivery, state=State.DELIVERED, delivered=self.clock.now(), error=None)

    def _later(self, delivery: Delivery, reason: str, *, lasting: bool) -> Delivery:
        now = self.clock.now()
        pause = min(FIRST * 2 ** min(delivery.attempts - 1, 20), LONGEST)
        late = now + pause > delivery.created + GIVE_UP and delivery.attempts >= TRIES
        state = State.FAILED if lasting or late else State.WAITING
        return replace(delivery, state=state, due=now + pause, error=reason[:LONGEST_ERROR])
