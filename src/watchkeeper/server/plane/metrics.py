"""This process's figures, counted in its own memory: what a call costs here is a look-up and a few additions."""

import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from watchkeeper.errors import WatchkeeperError
from watchkeeper.server.figures import BUCKETS, ROWS, Sample, Spread, spread
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.routing import Route

KEPT_FOR, MOST_GONE = 600.0, 8
"""Seconds for which the figures of a release that is no longer in force are still told, and of how many such releases
of a deployment: whoever asks now and then is to see their last calls, and a process must not grow with its releases."""
ANSWERED, FAILED = 200, 500
Place = tuple[str, int, str]
"""Address, release and role."""


class Fared:
    """How one role of a release has fared."""

    __slots__ = ("batch_rows", "batch_seconds", "calls", "codes", "gone_at", "rows", "seconds", "under_way")

    def __init__(self) -> None:
        self.calls: dict[int, int] = {}
        self.codes: dict[str, int] = {}
        self.seconds = Spread(BUCKETS)
        self.rows = Spread(ROWS)
        self.batch_seconds = Spread(BUCKETS)
        self.batch_rows = Spread(ROWS)
        self.under_way = 0
        self.gone_at: float | None = None

    def called(self, status: int, seconds: float | None, rows: int) -> None:
        self.calls[status] = self.calls.get(status, 0) + 1
        if seconds is not None:
            self.seconds.add(seconds)
        if rows:
            self.rows.add(rows)

    def failed(self, code: str, times: int = 1) -> None:
        self.codes[code] = self.codes.get(code, 0) + times


class Metrics:
    """Only the loop of the calls may count here."""

    def __init__(self) -> None:
        self._fared: dict[Place, Fared] = {}
        self._turned_away: Counter[tuple[int, str]] = Counter()

    def entered(self, route: Route) -> Fared:
        """A call to its champion is under way until `Fared.under_way` is taken back."""
        fared = self.of(route, Role.CHAMPION)
        fared.under_way += 1
        return fared

    def turned_away(self, error: WatchkeeperError) -> None:
        self._turned_away[error.status, error.code] += 1

    def asked(self, route: Route, *, rows: int) -> None:
        """The champion was, for all of these rows at once."""
        self.of(route, Role.CHAMPION).batch_rows.add(rows)

    def batched(self, route: Route, frames: Sequence[Frame], *, seconds: float) -> None:
        """A role's answers, unseen by callers, to calls that it was asked at once. Nobody waited for those of a split,
        where the role answers callers too."""
        fared, now = self.of(route, Role(frames[0].role)), time.time_ns()
        fared.batch_seconds.add(seconds)
        fared.batch_rows.add(sum(len(frame.ids) for frame in frames))
        for frame in frames:
            well = frame.kind == "answered"
            waited = (now - frame.received) / 1e9 if not frame.part else None
            fared.called(ANSWERED if well else FAILED, waited, len(frame.ids) if well else 0)
            if not well:
                fared.failed("model-failed")

    def samples(self, in_force: Collection[tuple[str, int]]) -> Iterator[Sample]:
        """`in_force` are the addresses and releases that may still be called."""
        self._forget(in_force)
        for (address, release, role), fared in self._fared.items():
            yield from _samples((address, str(release), role), fared)
        for (status, code), count in self._turned_away.items():
            yield Sample("watchkeeper_calls_turned_away_total", (str(status), code), count)

    def of(self, route: Route, role: Role) -> Fared:
        place = (route.address, route.release, role.value)
        fared = self._fared.get(place)
        if fared is None:
            fared = self._fared[place] = Fared()
        return fared

    def _forget(self, in_force: Collection[tuple[str, int]]) -> None:
        now = time.monotonic()
        for (address, release, _), fared in self._fared.items():
            if (address, release) in in_force or fared.under_way:
                fared.gone_at = None
            elif fared.gone_at is None:
                fared.gone_at = now
        gone = [(each.gone_at, place) for place, each in self._fared.items() if each.gone_at is not None]
        told: Counter[tuple[str, str]] = Counter()
        for since, (address, release, role) in sorted(gone, reverse=True):
            told[address, role] += 1
            if now - since > KEPT_FOR or told[address, role] > MOST_GONE:
                del self._fared[address, release, role]


def _samples(labels: tuple[str, str, str], fared: Fared) -> Iterator[Sample]:
    for status, count in fared.calls.items():
        yield Sample("watchkeeper_calls_total", (*labels, str(status)), count)
    for code, count in fared.codes.items():
        yield Sample("watchkeeper_errors_total", (*labels, code), count)
    yield spread("watchkeeper_call_seconds", labels, fared.seconds)
    yield spread("watchkeeper_call_rows", labels, fared.rows)
    yield spread("watchkeeper_batch_rows", labels, fared.batch_rows)
    yield spread("watchkeeper_batch_seconds", labels, fared.batch_seconds)
    if labels[2] == Role.CHAMPION:
        yield Sample("watchkeeper_calls_under_way", labels, fared.under_way)
