"""A rolling restart: `watchkeeper up` becomes its newer self, which then replaces each process beside the running one.

1. The code that is installed now is tried: it has to start, and to know the tables.
2. This program is exchanged for it. The process stays the same, so the listening sockets, the lock and the children do.
3. The worker ends, the tables are brought up to date, and the next worker goes on with what was under way.
4. Each new prediction process loads what the old one has, and serves; the old one answers what has come, and ends.

What fails leaves the old processes serving.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Literal, NoReturn

from watchkeeper.errors import WatchkeeperError
from watchkeeper.names import new_id
from watchkeeper.server.children import Adopted
from watchkeeper.server.errors import NotUp
from watchkeeper.server.settings import HANDED_OVER
from watchkeeper.server.supervisor import Supervisor
from watchkeeper.storage.files.places import Places

TRIED_WITHIN, REPLACED_WITHIN = 180.0, 180.0
TRY = "--try"
"""The option with which this program only sees whether it would start."""


@dataclass
class Restart:
    """What is said of a restart, for who asked for it."""

    file: Path
    id: str = field(default_factory=new_id)
    state: Literal["under way", "done", "failed"] = "under way"
    steps: list[str] = field(default_factory=list)

    def say(self, words: str, state: Literal["under way", "done", "failed"] = "under way") -> None:
        self.steps.append(words)
        self.state = state
        self.file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.file.with_suffix(".new")
        unfinished.write_text(json.dumps({**asdict(self), "file": str(self.file)}))
        unfinished.replace(self.file)


def read_restart(file: Path) -> Restart | None:
    """The last one, if there was any."""
    try:
        return Restart(**{**json.loads(file.read_text()), "file": file})
    except (OSError, ValueError, TypeError):
        return None


@dataclass(frozen=True)
class Inherited:
    """What this program left to itself."""

    lock: IO[str]
    console: socket.socket
    plane: socket.socket
    sockets: Mapping[str, socket.socket]
    children: Mapping[str, Adopted]
    restart: Restart


def inherited(left: str | None) -> Inherited | None:
    """None where this program was started, and not exchanged."""
    if left is None:
        return None
    told = json.loads(left)
    return Inherited(
        lock=os.fdopen(_mine(told["lock"]), "a+"),
        console=socket.socket(fileno=told["console"]),
        plane=socket.socket(fileno=told["plane"]),
        sockets={name: socket.socket(fileno=each) for name, each in told["sockets"].items()},
        children={name: Adopted(pid, orders) for name, (pid, orders) in told["children"].items()},
        restart=Restart(**{**told["restart"], "file": Path(told["restart"]["file"])}),
    )


def renew(
    supervisor: Supervisor, *, places: Places, lock: IO[str], console: socket.socket, plane: socket.socket
) -> None:
    """Become the newer self, or return with the reason said why not."""
    restart = Restart(places.restart())
    restart.say("Trying the code that is installed now.")
    if (reason := _tried(supervisor)) is not None:
        supervisor.tell(f"not restarted: {reason}")
        restart.say(f"Not restarted: {reason}", "failed")
        return
    supervisor.end_spare()
    pipes = {name: (each.pid, each.stdin.fileno()) for name, each in supervisor.running.items() if each.stdin}
    held = {"lock": lock.fileno(), "console": console.fileno(), "plane": plane.fileno()}
    sockets = {name: each.fileno() for name, each in supervisor.sockets.items()}
    lock.truncate(0)
    _exchange(
        [*held.values(), *sockets.values(), *(pipe for _, pipe in pipes.values())],
        {**held, "sockets": sockets, "children": pipes, "restart": {**asdict(restart), "file": str(restart.file)}},
    )


def replace_all(supervisor: Supervisor, restart: Restart, *, migrate: Callable[[], None]) -> None:
    """What the newer self does first. What can't be replaced goes on as it is, and is said."""
    try:
        supervisor.pause_worker()
        migrate()
        supervisor.start_worker()
        restart.say("The worker is replaced.")
        for child in supervisor.serving:
            supervisor.replace(child, within=REPLACED_WITHIN)
            restart.say(f"{child.name} is replaced.")
        supervisor.wait_for_leaving()
    except Exception as error:  # noqa: BLE001  (whatever it is, what serves goes on serving)
        reason = error.message if isinstance(error, WatchkeeperError) else f"{type(error).__name__}: {error}"
        supervisor.tell(f"the restart stopped: {reason}")
        restart.say(f"Stopped: {reason}", "failed")
    else:
        restart.say("Every process is replaced.", "done")


def _tried(supervisor: Supervisor) -> str | None:
    """Why the code that is installed now can't take over."""
    command = [sys.executable, *sys.orig_argv[1:], TRY]
    trial = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    ended = supervisor.wait(lambda: trial.poll() is not None, seconds=TRIED_WITHIN)
    if not ended:
        trial.kill()
    said = trial.communicate()[1].decode(errors="replace").strip().splitlines()
    if ended and trial.returncode == 0:
        return None
    return f"the code that is installed now does not start ({said[-1] if said else 'it took too long'})"


def _exchange(descriptors: list[int], left: Mapping[str, object]) -> NoReturn:
    for descriptor in descriptors:
        os.set_inheritable(descriptor, True)
    for number in (signal.SIGHUP, signal.SIGUSR1):  # else they would end the newer self before it listens
        signal.signal(number, signal.SIG_IGN)
    os.execve(sys.executable, sys.orig_argv, {**os.environ, HANDED_OVER: json.dumps(left)})  # noqa: S606


def _mine(descriptor: int) -> int:
    os.set_inheritable(descriptor, False)
    return descriptor


def offer(lock: IO[str]) -> None:
    """Let it be known which process can be asked to restart."""
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()


def ask(places: Places) -> Restart | None:
    """Ask the server on this directory to restart; what is said of the restart before. Raise NotUp."""
    before = read_restart(places.restart())
    if not is_up(places):
        raise NotUp(f"No `watchkeeper up` runs on {places.root}. Start it, or name its directory with --data-dir.")
    said = places.lock().read_text()
    if not said.isdigit():
        raise NotUp(f"What runs on {places.root} is only starting, or no `watchkeeper up`: it can't be restarted so.")
    os.kill(int(said), signal.SIGUSR1)
    return before


def is_up(places: Places) -> bool:
    """Whether somebody holds the directory's lock."""
    try:
        with places.lock().open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
