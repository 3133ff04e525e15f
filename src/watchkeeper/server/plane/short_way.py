"""The shortcut of usual calls: one row of JSON that needs no care, with a head that was read before, by a key without a
rate, for a release without a split. Such a call needs no task of its own, and nothing of it is awaited.

Whatever is unusual, and whatever fails, goes the whole way, which refuses it, names it or tries once more.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from watchkeeper.clock import Clock
from watchkeeper.server.heads import length_of
from watchkeeper.server.plane.call import Answered, Call, begin, wanted_of
from watchkeeper.server.plane.challenging import Challenging
from watchkeeper.server.plane.crowd import Crowd
from watchkeeper.server.plane.deadline import HEADER
from watchkeeper.server.plane.metrics import ANSWERED, Fared, Metrics
from watchkeeper.server.plane.routes import JSON_ROWS, Wish, asking_of
from watchkeeper.server.plane.table import Table, digest_in
from watchkeeper.server.plane.turns import Turns, Waiting
from watchkeeper.server.plane.usual import MANY
from watchkeeper.server.shortcut import Headers, Tell, Way
from watchkeeper.serving.deployment import Role

PLAIN = re.compile(rb"[A-Za-z0-9/._-]+")
"""A path that stands for itself."""
OWN_LINES = b"content-type: application/json\r\n"
NO_HEADERS: Mapping[bytes, bytes] = {}


class ShortWay:
    """`used` is told the digest of a key that was used; `largest_body` is in bytes."""

    def __init__(
        self,
        *,
        table: Table,
        turns: Turns,
        crowd: Crowd,
        metrics: Metrics,
        challenging: Challenging,
        names: Iterator[str],
        clock: Clock,
        used: Callable[[str], None],
        longest_call: float,
        largest_body: int,
    ) -> None:
        self._table = table
        self._turns = turns
        self._crowd = crowd
        self._metrics = metrics
        self._challenging = challenging
        self._names = names
        self._clock = clock
        self._used = used
        self._longest_call = longest_call
        self._largest_body = largest_body

    def way(self, method: bytes, url: bytes, headers: Headers) -> Way | None:
        asking = asking_of(url.decode()) if method == b"POST" and PLAIN.fullmatch(url) else None
        if asking is None or asking.wish is not Wish.PREDICTION or asking.version is not None:
            return None
        found = dict(headers)
        if HEADER in found or asking.protocol(found) is not JSON_ROWS:
            return None
        if (length_of(headers) or 0) > self._largest_body:
            return None
        authorization = found.get(b"authorization", b"").decode("latin-1")
        return partial(self._goes, asking.address, digest_in(authorization) if authorization else None)

    def _goes(self, address: str, digest: str | None, body: bytes, tell: Tell) -> bool:
        if body.startswith(MANY) or self._crowd.is_full:
            return False
        found = self._table.at_hand(address, digest)
        if found is None:
            return False
        caller, served = found
        if served.reader is None or served.route.split is not None or caller.rate is not None:
            return False
        call = begin(
            served,
            JSON_ROWS,
            key=caller.key,
            name=next(self._names),
            until=time.perf_counter() + self._longest_call,
            headers=NO_HEADERS,
        )
        read = served.reader.usual(body)
        if read is None:
            return False
        if caller.digest:
            self._used(caller.digest)
        self._crowd.enter()
        answered = partial(self._answered, call, self._metrics.entered(served.route), tell)
        self._turns.join(Waiting(call, wanted_of(call, read), answered), asyncio.get_running_loop())
        return True

    def _answered(self, call: Call, fared: Fared, tell: Tell, outcome: Answered | Exception) -> None:
        fared.under_way -= 1
        self._crowd.leave()
        if isinstance(outcome, Exception):
            tell(None)
            return
        call.served.vitals[Role.CHAMPION].answered(self._clock.now())
        if outcome.frame.owes:
            self._challenging.owe(call.served, outcome.frame)
        fared.called(ANSWERED, time.perf_counter() - call.begun, 1)
        tell((OWN_LINES, outcome.body))
