"""The parent of all processes: starts them, restarts what dies, replaces and stops them together."""

import math
import signal
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from threading import Event

from watchkeeper.health.judging import OWN, own_process
from watchkeeper.server.children import Child, Held, Process, begin, close, drain, end
from watchkeeper.server.errors import CannotStart, NotReady, NotReplaced
from watchkeeper.server.preparing import listen_here
from watchkeeper.server.pulse import held
from watchkeeper.server.quarantine import Quarantine
from watchkeeper.server.settings import Settings
from watchkeeper.server.sparing import Spare
from watchkeeper.storage.files.places import Places

TURN = 0.1
"""Seconds between two looks at the processes."""
CRASHES = {-number for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)}
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
GRACE = 10.0
WORKER_GRACE = 20.0
LEAVES_WITHIN = 90.0
"""A drained process has its own, shorter, limits; beyond these it hangs."""


class Supervisor:
    """Runs the console, the plane's processes and the worker for `settings`, whose listening sockets it holds, and a
    process for each deployment that is `isolated`; those of them that run already are `adopted`, with the `sockets` of
    isolated ones."""

    def __init__(
        self,
        settings: Settings,
        *,
        console: socket.socket,
        plane: socket.socket,
        tell: Callable[[str], None],
        isolated: Callable[[], AbstractSet[str] | None] = lambda: None,
        adopted: Mapping[str, Process] | None = None,
        sockets: Mapping[str, socket.socket] | None = None,
    ) -> None:
        self._settings = settings
        self.tell = tell
        self._stopping, self._renewal = Event(), Event()
        planes = [Child(f"plane-{number}", plane) for number in range(1, settings.workers + 1)]
        self._serving = [*planes, Child("console", console)]
        only = planes[0] if settings.spare and len(planes) == 1 else None
        self._spare = Spare(only, begin=lambda child: Held(child, settings))
        self._worker = Child("worker", None)
        self._isolated = isolated
        self._own: dict[str, Child] = {}
        self._without_socket: set[str] = set()
        self._places = Places(settings.data_dir)
        self._quarantine = Quarantine(self._places.quarantine())
        self._leaving: list[tuple[Process, float]] = []
        self._adopt(dict(adopted or {}), sockets or {})

    def start(self) -> None:
        """Start what answers requests; the worker, whom nobody waits for, begins once they do."""
        for file in (*self._places.pulses(), *self._places.own_processes().glob("*")):
            file.unlink(missing_ok=True)
        self._worker.again_at = math.inf
        for child in reversed(self._serving):
            self._spawn(child)

    def wait_ready(self, *, seconds: float) -> None:
        """Return once console and plane answer; raise NotReady otherwise."""
        deadline = time.monotonic() + seconds
        waiting = [self._settings.url, self._settings.predict_url]
        while waiting and time.monotonic() < deadline and not self._stopping.is_set():
            waiting = [url for url in waiting if not _answers(f"{url}/health/ready")]
            self._revive()
            time.sleep(0.05)
        self._worker.again_at = 0.0
        self._revive()
        if waiting and not self._stopping.is_set():
            logs = self._settings.data_dir / "logs"
            raise NotReady(f"No answer from {', '.join(waiting)} within {seconds:.0f} seconds; see {logs}.")

    def watch(self, *, renew: Callable[[], None] | None = None) -> None:
        """Restart what dies, until `stop_soon`; call `renew` when `renew_soon` was."""
        while not self._stopping.wait(TURN):
            self.turn()
            if renew is not None and self._renewal.is_set():
                self._renewal.clear()
                renew()

    def turn(self) -> None:
        """One look at everything."""
        if (isolated := self._isolated()) is not None:
            self._match(isolated)
        for child in self._children:
            self._feel(child)
        self._see_off()
        self._revive()
        self._spare.look()

    def wait(self, so: Callable[[], bool], *, seconds: float) -> bool:
        """Look at everything until it is so; whether it became so in time, and before anybody stopped this."""
        deadline = time.monotonic() + seconds
        while not so():
            if time.monotonic() > deadline or self._stopping.wait(TURN):
                return False
            self.turn()
        return True

    def stop_soon(self) -> None:
        self._stopping.set()

    def renew_soon(self) -> None:
        self._renewal.set()

    @property
    def running(self) -> dict[str, Process]:
        """The processes by name."""
        return {child.name: child.process for child in self._children if child.process and child.process.poll() is None}

    @property
    def serving(self) -> list[Child]:
        """What answers requests, in the order in which it is replaced."""
        return [*self._own.values(), *self._serving]

    @property
    def sockets(self) -> dict[str, socket.socket]:
        """Those of isolated deployments' processes, by the process's name."""
        return {child.name: child.listener for child in self._own.values() if child.listener is not None}

    def replace(self, child: Child, *, within: float) -> None:
        """Start another process beside this one, and drain the old one once the new one serves. Raise NotReplaced, with
        everything as it was, for one that does not come as far as the old one is."""
        fresh, said = Held(child, self._settings), None

        def spoke() -> bool:
            nonlocal said
            said = fresh.said()
            return said is not None

        if not self.wait(spoke, seconds=within):
            said = f"it was not ready within {within:.0f} seconds"
        if said:
            fresh.end()
            raise NotReplaced(f"The new {child.name} is not taken ({said}); the old one goes on. See its log.")
        old = child.process
        child.begun(fresh.serve())
        self._let_go(old)

    def pause_worker(self) -> None:
        """Its work is taken up again by the next one."""
        self._worker.again_at = math.inf
        if self._worker.process is not None:
            end([self._worker.process], within=WORKER_GRACE)
            self._worker.process = None

    def start_worker(self) -> None:
        self._worker.again_at = 0.0
        self._revive()

    def end_spare(self) -> None:
        """Another one begins at the next turn that wants it."""
        self._spare.end()

    def wait_for_leaving(self) -> None:
        self.wait(lambda: not self._leaving, seconds=LEAVES_WITHIN + GRACE)

    def stop(self) -> None:
        """Ask every process to end, wait for them, and end those that don't."""
        self._stopping.set()
        self._spare.end()
        end([*self.running.values(), *(process for process, _ in self._leaving)], within=GRACE)
        for child in self._own.values():
            close(child)

    @property
    def _children(self) -> list[Child]:
        return [*self._own.values(), *self._serving, self._worker]

    def _adopt(self, adopted: dict[str, Process], sockets: Mapping[str, socket.socket]) -> None:
        self._own = {name.removeprefix(OWN): Child(name, listener) for name, listener in sockets.items()}
        for child in self._children:
            if (process := adopted.pop(child.name, None)) is not None:
                child.begun(process)
        for process in adopted.values():
            self._let_go(process)

    def _let_go(self, process: Process | None) -> None:
        if process is not None:
            drain(process)
            self._leaving.append((process, time.monotonic() + LEAVES_WITHIN))

    def _match(self, isolated: AbstractSet[str]) -> None:
        """Have a process for each of these deployments, and for no other."""
        for deployment in isolated - self._own.keys() - self._without_socket:
            name = own_process(deployment)
            try:
                self._own[deployment] = Child(name, listen_here(self._places.socket(deployment)))
            except (CannotStart, OSError) as failure:
                self._without_socket.add(deployment)
                self.tell(f"{name} can't be called, so it is not started; the shared processes go on ({failure})")
        self._without_socket &= isolated
        for deployment in self._own.keys() - isolated:
            child = self._own.pop(deployment)
            self._places.own_process(deployment).unlink(missing_ok=True)
            self._let_go(child.process)
            close(child)

    def _revive(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.again_at and not self._stopping.is_set():
                    self._spawn(child)
            elif (status := child.process.poll()) is not None:
                self._charge(child, status)
                steady = now - child.started > STEADY_AFTER
                child.pause = 0.0 if steady or not child.pause else min(child.pause, LONGEST_PAUSE)
                child.again_at = now + child.pause
                child.pause = min(max(child.pause * 2, 0.5), LONGEST_PAUSE)
                child.process = None
                then = "the one in reserve takes over" if self._spare.ready_for(child) else "starting it again"
                self.tell(f"{child.name} ended with status {status}; {then}")

    def _feel(self, child: Child) -> None:
        """End a process whose pulse stands still: it would never answer again."""
        child.feel(self._places)
        if child.hangs and child.process is not None:
            self.tell(f"{child.name} hangs; ending it")
            child.process.kill()
            child.process.wait()

    def _see_off(self) -> None:
        """Let go what has drained, and end what takes too long over it."""
        for process, until in list(self._leaving):
            if time.monotonic() > until:
                process.kill()
                process.wait()
            if process.poll() is not None:
                self._leaving.remove((process, until))

    def _charge(self, child: Child, status: int) -> None:
        """Note which releases a process died of; who ends it from outside says nothing about them."""
        if child.process is None:
            return
        file = self._places.pulse(child.name, child.process.pid)
        if child.hangs or status in CRASHES:
            for deployment, release in self._quarantine.charge(held(file)):
                self.tell(f"release {release} of the deployment {deployment} is withheld: processes died of it")
        file.unlink(missing_ok=True)

    def _spawn(self, child: Child) -> None:
        child.begun(self._spare.take(child) or begin(child, self._settings))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1, context=_trusting(url)) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError:
        return False


def _trusting(url: str) -> ssl.SSLContext | None:
    """Our own certificate need not be one that this machine trusts: only whether we answer is asked."""
    if not url.startswith("https"):
        return None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
