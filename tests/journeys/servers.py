"""A real server in processes of its own, on ports that were free, with a home of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from watchkeeper.sdk import Client

COMMAND = [sys.executable, "-m", "watchkeeper"]
UP_WITHIN = 60.0


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of this user's own: not their connection, nor their data directory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WATCHKEEPER_", "XDG_"))}
    return {**kept, "XDG_STATE_HOME": str(home), "HOME": str(home), **more}


@dataclass
class Server:
    data_dir: Path
    home: Path
    process: "subprocess.Popen[str]"
    said: list[str] = field(default_factory=list)

    @property
    def connection(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.home / "watchkeeper" / "connection.json").read_text())
        return found

    @property
    def url(self) -> str:
        return self.connection["url"]

    @property
    def predict_url(self) -> str:
        return str(re.findall(r"predictions at (http\S+)\)", "".join(self.said))[-1])

    @property
    def sign_in_link(self) -> str:
        return str(re.findall(r"(http\S+/sign-in\?token=\S+)", "".join(self.said))[-1])

    def client(self) -> Client:
        return Client(self.url, self.connection["key"])

    def children(self) -> dict[str, psutil.Process]:
        """The running processes by name; one in reserve is the younger of two."""
        found = sorted(psutil.Process(self.process.pid).children(), key=psutil.Process.create_time, reverse=True)
        return {child.cmdline()[-1]: child for child in found if child.status() != psutil.STATUS_ZOMBIE}

    def kill(self, name: str) -> int:
        """`kill -9`; the pid that is no more."""
        child = self.children()[name]
        child.send_signal(signal.SIGKILL)
        child.wait(10)
        return int(child.pid)

    def run(self, *args: str, expect: int = 0) -> str:
        """A command of the CLI that uses what this server left; its standard output."""
        done = subprocess.run(
            [*COMMAND, *args], env=environment(self.home), capture_output=True, text=True, timeout=240, check=False
        )
        assert done.returncode == expect, f"{args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if expect == 0 else done.stderr

    def run_json(self, *args: str) -> Any:
        return json.loads(self.run(*args, "--json"))

    def stop(self) -> int:
        """Ctrl-C; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        rest = self.process.communicate(timeout=30)[1]
        self.said.append(rest or "")
        return self.process.returncode


def begin(data_dir: Path, home: Path, *args: str, **more: str) -> Server:
    """A server that has said where it is; `more` is put into its environment."""
    ports = () if "--port" in args else ("--port", "0", "--predict-port", "0")
    process = subprocess.Popen(
        [*COMMAND, "up", "--data-dir", str(data_dir), *ports, *args],
        env=environment(home, COLUMNS="400", **more),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    server = Server(data_dir, home, process)
    assert process.stderr is not None
    for line in process.stderr:
        server.said.append(line)
        if "Ctrl-C" in line:
            return server
    process.wait()
    raise AssertionError(f"the server did not start: {server.said}")


@contextmanager
def running(data_dir: Path, home: Path, *args: str, **more: str) -> Iterator[Server]:
    server = begin(data_dir, home, *args, **more)
    try:
        yield server
    finally:
        server.stop()


def refused(data_dir: Path, home: Path, *args: str) -> str:
    """What a start that can't be says: one line, and a status that is not 0."""
    done = subprocess.run(
        [*COMMAND, "up", "--data-dir", str(data_dir), *args],
        env=environment(home, COLUMNS="400"),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def until(so: Callable[[], Any], *, within: float = 30.0, every: float = 0.1) -> Any:
    """What `so` gives once it is something; fails when it stays nothing."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := so():
            return found
        time.sleep(every)
    raise AssertionError(f"it did not become so within {within:g} seconds")
