"""The supervisor's child processes: how one is started, told, adopted, and seen to hang."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from watchkeeper.server.orders import DRAIN, SERVE
from watchkeeper.server.pulse import beaten
from watchkeeper.server.settings import Settings
from watchkeeper.storage.files.places import Places

SILENT_TURNS = 20
"""Looks at a pulse that stands still after which its process hangs."""
POLL_EVERY = 0.02
GIVING_BACK = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_MMAP_THRESHOLD_": str(2**20), "MALLOC_ARENA_MAX": "4"}
"""How the worker's memory is looked after, unless who started the server says otherwise: what it needs for a moment,
when it merges files, goes back to the system. By themselves Arrow and the system keep the most that was ever used."""


class Adopted:
    """A child process that was started before its supervisor became a newer one; in the form of `subprocess.Popen`."""

    def __init__(self, pid: int, orders: int) -> None:
        self.pid = pid
        os.set_inheritable(orders, False)
        self.stdin = os.fdopen(orders, "wb")
        self._status: int | None = None

    def poll(self) -> int | None:
        if self._status is None:
            try:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self._status = -signal.SIGKILL
            else:
                self._status = os.waitstatus_to_exitcode(status) if ended else None
        return self._status

    def wait(self, timeout: float = 3600.0) -> int:
        until = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(POLL_EVERY)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


Process = subprocess.Popen[bytes] | Adopted


@dataclass
class Child:
    """A process by name. `pause` grows while it keeps dying early, so that a broken one does not spin."""

    name: str
    listener: socket.socket | None
    process: Process | None = None
    started: float = 0.0
    again_at: float = 0.0
    pause: float = 0.0
    beaten: int = 0
    silent_turns: int = 0

    @property
    def hangs(self) -> bool:
        return self.silent_turns >= SILENT_TURNS

    def begun(self, process: Process) -> None:
        self.process, self.started = process, time.monotonic()
        self.beaten = self.silent_turns = 0

    def feel(self, places: Places) -> None:
        """Look whether its pulse stands still. A machine that slept, this process with it, has made nobody silent."""
        if self.process is not None:
            beaten_at = beaten(places.pulse(self.name, self.process.pid))
            alive = beaten_at == 0 or beaten_at != self.beaten
            self.beaten, self.silent_turns = beaten_at, 0 if alive else self.silent_turns + 1


class Held:
    """A process that has started and serves only once it is told to."""

    def __init__(self, child: Child, settings: Settings) -> None:
        self._says, ready = os.pipe()
        try:
            self.process = begin(child, settings, held=ready)
        finally:
            os.close(ready)

    def said(self) -> str | None:
        """What it lacks, nothing where it is ready; None while it has not said so. An end says that it died."""
        if not select.select([self._says], [], [], 0)[0]:
            return None
        words = os.read(self._says, 65_536).decode(errors="replace")
        return words.strip() if words else "it ended"

    def serve(self) -> Process:
        os.close(self._says)
        tell(self.process, SERVE)
        return self.process

    def end(self) -> None:
        os.close(self._says)
        self.process.kill()
        self.process.wait()


def begin(child: Child, settings: Settings, *, held: int | None = None) -> Process:
    log = Places(settings.data_dir).logs() / f"{child.name}.log"
    descriptors = [each for each in (child.listener.fileno() if child.listener else None, held) if each is not None]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "watchkeeper.server.process", child.name],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            pass_fds=descriptors,
            start_new_session=True,
            env={**GIVING_BACK, **os.environ} if child.name == "worker" else None,
        )
    listener = child.listener.fileno() if child.listener else None
    message = {"settings": _plain(settings), "listener": listener, "held": held}
    tell(process, json.dumps(message).encode())
    return process


def tell(process: Process, order: bytes) -> None:
    """One line; its end of the pipe stays open, since closing it tells the child that its parent is gone."""
    assert process.stdin is not None  # noqa: S101
    with suppress(BrokenPipeError):
        process.stdin.write(order + b"\n")
        process.stdin.flush()


def drain(process: Process) -> None:
    tell(process, DRAIN)


def close(child: Child) -> None:
    """Its listening socket, which is of no use any more; the place of one with a path is taken away with it."""
    if child.listener is not None:
        place = child.listener.getsockname()
        child.listener.close()
        if isinstance(place, str):
            Path(place).unlink(missing_ok=True)


def end(processes: list[Process], *, within: float) -> None:
    """Ask them to end, wait for them, and end those that don't."""
    for process in processes:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + within
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _plain(settings: Settings) -> dict[str, object]:
    return {**asdict(settings), "data_dir": os.fspath(settings.data_dir)}


def settings_from(plain: dict[str, object]) -> Settings:
    """What `_plain` wrote, read back in the child."""
    lists = {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
    return Settings(**{**plain, **lists, "data_dir": Path(str(plain["data_dir"]))})  # type: ignore[arg-type]
