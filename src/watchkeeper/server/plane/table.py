"""What this process knows of keys and routes, followed off the path of requests and swapped whole."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock

from watchkeeper.access.errors import RightMissing, UnknownKey
from watchkeeper.access.key import digest_of
from watchkeeper.clock import Clock
from watchkeeper.server.plane.shelf import Loading, Served, load, withheld
from watchkeeper.server.pulse import Numbered, Pulse
from watchkeeper.serving.errors import NoDeployment, NotFollowing
from watchkeeper.serving.ports import RoutingSource
from watchkeeper.serving.routing import ANYBODY, NOWHERE, PROCESS, PUBLIC, Caller, Route, Routing

log = logging.getLogger(__name__)
LOOK_EVERY = 0.25
READY_WITHIN = 10.0
TRUSTED_FOR = 60.0
LOAD_AGAIN_AFTER = 10.0
LONGEST_WAIT, WAIT_STEP = 1.0, 0.02
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
METRICS = "/metrics"


def digest_in(authorization: str) -> str:
    """Of the key in `Bearer wk_...`; empty where there is none."""
    scheme, _, secret = authorization.partition(" ")
    return digest_of(secret) if scheme.lower() == "bearer" else ""


class Table:
    """Seconds since it was last known to be true decide whether this process is ready, and whether keys are taken."""

    def __init__(
        self,
        source: RoutingSource,
        *,
        clock: Clock,
        pulse: Pulse | None = None,
        withheld: Callable[[], AbstractSet[Numbered]] = frozenset,
        own: str | None = None,
        apart: Callable[[], Mapping[str, str]] = dict,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """`withheld` are the releases that processes died of. With `own` this is the process of that deployment alone;
        `apart` are the sockets of those that have theirs, by deployment, once they answer."""
        self._source = source
        self._pulse = pulse or Pulse()
        self._withheld = withheld
        self._own = own
        self._apart = apart
        self._apart_now: Mapping[str, str] = {}
        self._clock = clock
        self._elapsed = elapsed
        self._routing: Routing = NOWHERE
        self._served: Mapping[str, Served] = {}
        self._true_at: float | None = None
        self._load_again_at = 0.0
        self._looks = 0
        self._kept_back: AbstractSet[Numbered] = frozenset()
        self._loading: Mapping[str, Loading] = {}
        self._newest = NOWHERE
        self._changing = Lock()

    @property
    def ready(self) -> bool:
        return self._true_at is not None and self._elapsed() - self._true_at < READY_WITHIN

    async def admitted(self, authorization: str, address: str) -> tuple[Caller, Served]:
        """Who calls, and what stands behind the address. A key or an address that is not known may be new, so the
        next look is awaited before it is refused. Without any key, what is public answers."""
        if not authorization and (open_to_all := self._served.get(address)) and open_to_all.route.access == PUBLIC:
            return ANYBODY, open_to_all
        try:
            caller = self.caller(authorization)
            return caller, self.served(address, caller)
        except (UnknownKey, NoDeployment):
            await self._next_look()
            caller = self.caller(authorization)
            return caller, self.served(address, caller)

    def at_hand(self, address: str, digest: str | None) -> tuple[Caller, Served] | None:
        """The same by the digest of a key, None without one; None where something would have to be awaited, asked
        elsewhere or refused."""
        served = self._served.get(address)
        if served is None or served.apart is not None:
            return None
        if digest is None:
            return (ANYBODY, served) if served.route.access == PUBLIC else None
        caller = self._routing.callers.get(digest) if self._follows else None
        if caller is None or not self._lets_in(caller) or not caller.may_call(served.route):
            return None
        return caller, served

    async def _next_look(self) -> None:
        """A look that begins from now on; not for ever, since models may be loading."""
        enough = self._looks + 2  # the one under way may have read what was true before
        deadline = self._elapsed() + LONGEST_WAIT
        while self._looks < enough and self._elapsed() < deadline:  # noqa: ASYNC110  (looks are made in a thread)
            await asyncio.sleep(WAIT_STEP)

    def caller(self, authorization: str) -> Caller:
        """Who sent `Bearer wk_...`. Raise UnknownKey, or NotFollowing when it can't be known any more."""
        caller = self._routing.callers.get(self._digest(authorization))
        if caller is None or not self._lets_in(caller):
            raise UnknownKey("No valid key. Send `Authorization: Bearer wk_...` with a key that works.")
        return caller

    def _lets_in(self, caller: Caller) -> bool:
        return caller.expires is None or caller.works(self._clock.now())

    def check_watcher(self, authorization: str) -> None:
        """Raise RightMissing where the key may not see the figures of all processes, UnknownKey or NotFollowing."""
        digest = self._digest(authorization)
        expires = self._routing.watchers.get(digest, LONG_AGO)
        if expires is None or self._clock.now() < expires:
            return
        if digest in self._routing.callers:
            raise RightMissing(f"This key may not read {METRICS}. Take one of an administrator with the scope metrics.")
        raise UnknownKey(f"{METRICS} takes `Authorization: Bearer wk_...` with an administrator's key that works.")

    def _digest(self, authorization: str) -> str:
        if not self._follows:
            raise NotFollowing("This process can't read who may call. The server's log says why; try again later.")
        return digest_in(authorization)

    @property
    def _follows(self) -> bool:
        return self._true_at is not None and self._elapsed() - self._true_at <= TRUSTED_FOR

    def served(self, address: str, caller: Caller) -> Served:
        """What stands behind an address. An unknown one and a forbidden one answer alike."""
        found = self._served.get(address)
        if found is None or not caller.may_call(found.route):
            raise NoDeployment("There is no such deployment here, or your key may not call it.")
        return found

    @property
    def loading(self) -> Mapping[str, Loading]:
        """The release that is being loaded at this moment, by its deployment."""
        return self._loading

    def all(self) -> list[Served]:
        return list({served.route.deployment: served for served in self._served.values()}.values())

    async def follow(self) -> None:
        """Look for ever; a look that fails is tried again. While one loads models, keys are followed beside it."""
        while True:
            looking = asyncio.create_task(asyncio.to_thread(self.look))
            try:
                while not (await asyncio.wait({looking}, timeout=LOOK_EVERY))[0]:
                    if self._loading:
                        await self._follow_keys()
                await looking
            except Exception:
                log.exception("the routing can't be read; trying again")
            finally:
                looking.cancel()
            await asyncio.sleep(LOOK_EVERY)

    async def _follow_keys(self) -> None:
        try:
            await asyncio.to_thread(self.look_at_keys)
        except Exception:
            log.exception("who may call can't be read; trying again")

    def look_at_keys(self) -> None:
        """Who may call, while another thread loads models: a loader that takes minutes, or never ends, keeps nobody
        from what is loaded already. The next look finds the generation as it was and takes up what else is new."""
        if self._true_at is None:
            return
        begun = self._elapsed()
        if self._source.generation() != self._newest.generation:
            fresh = self._source.routing()
            with self._changing:
                self._newest, kept = fresh, self._routing
                self._routing = replace(fresh, routes=kept.routes, generation=kept.generation)
                self._served = {address: _opened_as(each, fresh, address) for address, each in self._served.items()}
        self._true_at = max(begun, self._true_at)

    def look(self) -> None:
        """Read what has changed. The new routes take effect once their models are loaded and warm; keys, and who
        may call, at once."""
        begun = self._elapsed()
        if self._source.generation() != self._routing.generation:
            fresh = self._source.routing()
            self._routing = replace(fresh, routes=self._routing.routes)
            self._served = {address: _opened_as(served, fresh, address) for address, served in self._served.items()}
            self._newest = fresh
            self._true_at = begun if self._true_at is not None else None
            self._load(fresh)
            with self._changing:  # keys may be newer by now
                self._routing = replace(self._routing, routes=fresh.routes)
        elif self.behind or (begun >= self._load_again_at and not self._is_whole()):
            self._load(self._routing)
        self._true_at = begun if self._true_at is None else max(begun, self._true_at)
        self._looks += 1

    @property
    def behind(self) -> bool:
        """Whether something is withheld, or has a process of its own, or not any more, since the last look."""
        return self._withheld() != self._kept_back or self._apart() != self._apart_now

    def _is_whole(self) -> bool:
        routes = self._routing.routes
        return all(served.complete and served.route == routes.get(address) for address, served in self._served.items())

    def _load(self, routing: Routing) -> None:
        loaded: dict[str, Served] = {}
        withheld = self._kept_back = self._withheld()
        self._apart_now = self._apart()
        for address, route in routing.routes.items():
            if self._own not in {None, route.deployment}:
                continue
            twin = loaded.get(route.deployment) or loaded.get(route.address)
            before = self._served.get(address)
            loaded[address] = twin or self._served_by(route, before, withheld)
        with self._changing:  # who may call may be narrower by now
            self._served = {address: _opened_as(each, self._newest, address) for address, each in loaded.items()}
        self._load_again_at = self._elapsed() + LOAD_AGAIN_AFTER

    def _served_by(self, route: Route, before: Served | None, kept_back: AbstractSet[Numbered]) -> Served:
        if (route.deployment, route.release) in kept_back:
            return withheld(route, clock=self._clock)
        if self._own is None and route.isolation == PROCESS:
            return self._taken_apart(route, before)
        if before is not None and before.route == route and before.complete and not before.withheld:
            return before
        self._loading = {route.deployment: Loading(route.release, self._clock.now())}
        try:
            return load(route, before=before, clock=self._clock, pulse=self._pulse)
        finally:
            self._loading = {}

    def _taken_apart(self, route: Route, before: Served | None) -> Served:
        """Answered here until the process of its own is ready."""
        socket = self._apart_now.get(route.deployment)
        if socket is None and before is not None and before.apart is None and before.models:
            return before
        return Served(route=route, models={}, reader=None, apart=socket or "")


def _opened_as(served: Served, fresh: Routing, address: str) -> Served:
    """Open to whom the newest release says, though an earlier one still answers."""
    route = fresh.routes.get(address, served.route)
    return served if route.access == served.route.access else served.opened_to(route.access)
