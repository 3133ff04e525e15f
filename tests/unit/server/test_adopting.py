"""A child process that was started before its supervisor was exchanged is told and ended like any other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from watchkeeper.server.children import Adopted, end, tell
from watchkeeper.server.errors import NotUp
from watchkeeper.server.renewing import Restart, ask, read_restart
from watchkeeper.storage.files.places import Places

ECHO = "import sys; sys.exit(7 if sys.stdin.readline() == 'go\\n' else 1)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"


@contextmanager
def adopted(code: str) -> Iterator[tuple[Adopted, IO[bytes]]]:
    """And what it says."""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as begun:
        assert begun.stdin is not None
        assert begun.stdout is not None
        child = Adopted(begun.pid, os.dup(begun.stdin.fileno()))
        try:
            yield child, begun.stdout
        finally:
            begun.returncode = child.wait(10)
            child.stdin.close()


def test_it_takes_orders_and_its_status_is_known() -> None:
    with adopted(ECHO) as (child, _):
        assert child.poll() is None
        tell(child, b"go")
        assert child.wait(10) == 7 == child.poll()
        child.kill()  # of one that is gone: nothing


def test_one_that_does_not_end_is_ended() -> None:
    with adopted(STUBBORN) as (child, says):
        says.readline()
        since = time.monotonic()
        end([child], within=0.3)
        assert time.monotonic() - since < 5
        assert child.poll() == -signal.SIGKILL


def test_what_is_said_of_a_restart_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "run" / "restart.json"
    assert read_restart(file) is None
    restart = Restart(file)
    restart.say("Trying.")
    restart.say("Done.", "done")
    assert read_restart(file) == restart
    file.write_text("{")
    assert read_restart(file) is None


def test_nobody_is_asked_where_nobody_runs(tmp_path: Path) -> None:
    with pytest.raises(NotUp, match="Start it"):
        ask(Places(tmp_path))
    Places(tmp_path).lock().write_text("1")  # left by a server that is gone, whose number others may have by now
    with pytest.raises(NotUp, match="Start it"):
        ask(Places(tmp_path))
