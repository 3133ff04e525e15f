"""The parent of all processes: starts them, restarts what dies, stops them together."""

import json
import math
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event
from typing import IO

from watchkeeper.server.errors import NotReady
from watchkeeper.server.pulse import beaten, held
from watchkeeper.server.quarantine import Quarantine
from watchkeeper.server.settings import Settings
from watchkeeper.storage.files.places import Places

TURN, SILENT_TURNS = 0.1, 20
"""Seconds between two looks at the processes, and looks at a pulse that stands still after which its process hangs."""
CRASHES = {-number for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)}
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
GRACE = 10.0


@dataclass
class Child:
    """A process by name. `pause` grows while it keeps dying early, so that a broken one does not spin."""

    name: str
    listener: socket.socket | None
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    again_at: float = 0.0
    pause: float = 0.0
    restarts: int = field(default=0)
    beaten: int = 0
    silent_turns: int = 0

    @property
    def hangs(self) -> bool:
        return self.silent_turns >= SILENT_TURNS


class Supervisor:
    """Runs the console, the plane's processes and the worker for `settings`, whose listening sockets it holds."""

    def __init__(
        self,
        settings: Settings,
        *,
        console: socket.socket,
        plane: socket.socket,
        tell: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._tell = tell
        self._stopping = Event()
        planes = [Child(f"plane-{number}", plane) for number in range(1, settings.workers + 1)]
        self._children = [Child("console", console), *planes, Child("worker", None)]
        self._places = Places(settings.data_dir)
        self._quarantine = Quarantine(self._places.quarantine())

    def start(self) -> None:
        """Start what answers requests; the worker, whom nobody waits for, begins once they do."""
        for child in self._children:
            if child.listener is not None:
                self._spawn(child)
            else:
                child.again_at = math.inf

    def wait_ready(self, *, seconds: float) -> None:
        """Return once console and plane answer; raise NotReady otherwise."""
        deadline = time.monotonic() + seconds
        waiting = [self._settings.url, self._settings.predict_url]
        while waiting and time.monotonic() < deadline and not self._stopping.is_set():
            waiting = [url for url in waiting if not _answers(f"{url}/health/ready")]
            self._revive()
            time.sleep(0.05)
        for child in self._children:
            if child.listener is None and child.process is None:
                self._spawn(child)
        if waiting and not self._stopping.is_set():
            logs = self._settings.data_dir / "logs"
            raise NotReady(f"No answer from {', '.join(waiting)} within {seconds:.0f} seconds; see {logs}.")

    def watch(self) -> None:
        """Restart what dies, until `stop_soon`."""
        while not self._stopping.wait(TURN):
            for child in self._children:
                self._feel(child)
            self._revive()

    def stop_soon(self) -> None:
        self._stopping.set()

    def stop(self) -> None:
        """Ask every process to end, wait for them, and end those that don't."""
        self._stopping.set()
        running = [child.process for child in self._children if child.process and child.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

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
                child.restarts += 1
                self._tell(f"{child.name} ended with status {status}; starting it again")

    def _feel(self, child: Child) -> None:
        """End a prediction process whose pulse stands still: it would never answer again. A machine that slept, this
        process with it, has made nobody silent."""
        if child.process is None:
            return
        beaten_at = beaten(self._places.pulse(child.name))
        alive = beaten_at == 0 or beaten_at != child.beaten
        child.beaten, child.silent_turns = beaten_at, 0 if alive else child.silent_turns + 1
        if child.hangs:
            self._tell(f"{child.name} hangs; ending it")
            child.process.kill()
            child.process.wait()

    def _charge(self, child: Child, status: int) -> None:
        """Note which releases a process died of; who ends it from outside says nothing about them."""
        if child.hangs or status in CRASHES:
            for deployment, release in self._quarantine.charge(held(self._places.pulse(child.name))):
                self._tell(f"release {release} of the deployment {deployment} is withheld: processes died of it")

    def _spawn(self, child: Child) -> None:
        self._places.pulse(child.name).unlink(missing_ok=True)
        child.beaten = child.silent_turns = 0
        log = self._settings.data_dir / "logs" / f"{child.name}.log"
        descriptor = child.listener.fileno() if child.listener else None
        with log.open("ab") as output:
            child.process = subprocess.Popen(
                [sys.executable, "-m", "watchkeeper.server.process", child.name],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=() if descriptor is None else (descriptor,),
                start_new_session=True,
            )
        child.started = time.monotonic()
        assert child.process.stdin is not None  # noqa: S101
        _send(child.process.stdin, {"settings": _plain(self._settings), "listener": descriptor})


def _send(pipe: IO[bytes], message: dict[str, object]) -> None:
    """One line; the pipe then stays open, and its end tells the child that its parent is gone."""
    try:
        pipe.write(json.dumps(message).encode() + b"\n")
        pipe.flush()
    except BrokenPipeError:
        return


def _plain(settings: Settings) -> dict[str, object]:
    return {**asdict(settings), "data_dir": os.fspath(settings.data_dir)}


def settings_from(plain: dict[str, object]) -> Settings:
    """What `_plain` wrote, read back in the child."""
    lists = {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
    return Settings(**{**plain, **lists, "data_dir": Path(str(plain["data_dir"]))})  # type: ignore[arg-type]


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
