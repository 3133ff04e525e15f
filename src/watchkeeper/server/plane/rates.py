"""How often each key may call this process: its share of the key's rate, as a bucket that fills with time."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import ClassVar

import msgspec

from watchkeeper.access.rate import Rate
from watchkeeper.errors import WatchkeeperError
from watchkeeper.serving.routing import Caller

MOST_IDLE = 1_000
"""Buckets that may be kept though they are full."""
Header = tuple[bytes, bytes]
TOLD = (b"retry-after", b"ratelimit-policy", b"ratelimit")


class RateExceeded(WatchkeeperError):
    """A key calls more often than it may. Retry-After says when it may again."""

    status: ClassVar[int] = 429
    code: ClassVar[str] = "rate-exceeded"

    def __init__(self, message: str, *, headers: tuple[Header, ...]) -> None:
        super().__init__(message)
        self.headers = headers


def passed_on(headers: Mapping[bytes, bytes], body: bytes) -> RateExceeded:
    """What another process refused, for the caller to whom it is to be told."""
    said = tuple((name, headers[name]) for name in TOLD if name in headers)
    return RateExceeded(str(msgspec.json.decode(body)["detail"]), headers=said)


class Bucket:
    """Full at first. What is taken comes back at `a_second`, up to `burst`."""

    __slots__ = ("_at", "_left", "a_second", "burst")

    def __init__(self, burst: float, a_second: float, *, now: float) -> None:
        self.burst = burst
        self.a_second = a_second
        self._left = burst
        self._at = now

    def left(self, now: float) -> float:
        """Below nothing while it is in debt."""
        self._left = min(self.burst, self._left + (now - self._at) * self.a_second)
        self._at = now
        return self._left

    def take(self, amount: float) -> None:
        """More than is left makes a debt."""
        self._left -= amount

    def wait(self, amount: float, now: float) -> float:
        """Seconds until so much is there."""
        return max(amount - self.left(now), 0.0) / self.a_second


@dataclass(frozen=True)
class Held:
    rate: Rate
    calls: Bucket
    rows: Bucket | None

    def full(self, now: float) -> bool:
        return all(each.left(now) >= each.burst for each in (self.calls, self.rows) if each is not None)


class Rates:
    """Of the keys that have one; `processes` share each.

    A call needs one of its key's calls. How many rows it has is known only when it is answered: it needs that some row
    is left, and what it takes beyond is owed by the calls after it.
    """

    def __init__(self, processes: int = 1, *, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._processes = processes
        self._elapsed = elapsed
        self._held: dict[str, Held] = {}
        self._refused: Counter[tuple[str, str]] = Counter()

    def take(self, caller: Caller, rate: Rate, deployment: str) -> None:
        """Raise RateExceeded."""
        now = self._elapsed()
        held = self._held.get(_shared(caller))
        if held is None or held.rate is not rate:
            held = self._hold(caller, rate, held, now)
        if held.calls.left(now) < 1:
            self._refused[deployment, caller.key] += 1
            raise self._exceeded(rate, rate.calls, held.calls, "calls", now)
        if held.rows is not None and held.rows.left(now) < 1:
            self._refused[deployment, caller.key] += 1
            raise self._exceeded(rate, rate.rows or 0, held.rows, "rows", now)
        held.calls.take(1)

    def refused(self) -> Mapping[tuple[str, str], int]:
        """How many calls were, by deployment and key, since this was asked before."""
        refused, self._refused = self._refused, Counter()
        return refused

    def untold(self, refused: Mapping[tuple[str, str], int]) -> None:
        """They are to be asked for once more."""
        self._refused.update(refused)

    def answered(self, caller: Caller, rows: int) -> None:
        held = self._held.get(_shared(caller))
        if held is not None and held.rows is not None:
            held.rows.take(rows)

    def _hold(self, caller: Caller, rate: Rate, before: Held | None, now: float) -> Held:
        if before is not None and before.rate == rate:
            self._held[_shared(caller)] = held = replace(before, rate=rate)
            return held
        if len(self._held) >= MOST_IDLE:
            self._held = {name: held for name, held in self._held.items() if not held.full(now)}
        rows = self._bucket(rate.rows, rate, now) if rate.rows else None
        self._held[_shared(caller)] = held = Held(rate, self._bucket(rate.calls, rate, now), rows)
        return held

    def _bucket(self, amount: int, rate: Rate, now: float) -> Bucket:
        """One call has to fit, however many processes share."""
        share = amount / self._processes
        return Bucket(max(share, 1.0), share / rate.seconds, now=now)

    def _exceeded(self, rate: Rate, amount: int, bucket: Bucket, what: str, now: float) -> RateExceeded:
        wait = max(ceil(bucket.wait(1, now)), 1)
        shared = f", shared among {self._processes} processes" if self._processes > 1 else ""
        policy = f'"{what}";q={amount};w={rate.seconds}'
        return RateExceeded(
            f"This key may have {amount:,} {what} a {rate.per}{shared}, and has had them. "
            f"Try again in {wait} second{'' if wait == 1 else 's'}, or ask an admin for another rate.",
            headers=tuple(zip(TOLD, (b"%d" % wait, policy.encode(), f'"{what}";r=0;t={wait}'.encode()), strict=True)),
        )


def _shared(caller: Caller) -> str:
    """A key that is being rotated has two secrets for a while, and one rate."""
    return caller.lineage or caller.key
