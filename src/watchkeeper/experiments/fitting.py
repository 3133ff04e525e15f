"""One model fitted in a child process, which can be killed without harm."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any

from watchkeeper.clock import Clock
from watchkeeper.errors import WatchkeeperError
from watchkeeper.experiments.errors import FittingFailed, TrainingCancelled

GRACE = 30.0
LOOK_EVERY = 1.0


class Named(FittingFailed):
    """A failure that the child named."""

    def __init__(self, message: str, *, code: str, fields: tuple[str, ...]) -> None:
        super().__init__(message, fields=fields)
        self.__dict__["code"] = code


@dataclass(frozen=True)
class ChildFit:
    """The Fit port over `python -m watchkeeper.learning.child`. A child that is still running some time after its
    deadline is killed."""

    clock: Clock
    threads: int

    def __call__(
        self,
        data: Path,
        *,
        spec: dict[str, object],
        directory: Path,
        deadline: datetime,
        progress: Callable[[float, str], None],
        stopped: Callable[[], bool],
    ) -> dict[str, object]:
        directory.parent.mkdir(parents=True, exist_ok=True)
        asked = {"data": str(data), "spec": spec, "directory": str(directory), "threads": self.threads}
        seconds = (deadline - self.clock.now()).total_seconds() * 2 + GRACE
        with (
            tempfile.TemporaryFile() as errors,
            subprocess.Popen(
                [sys.executable, "-m", "watchkeeper.learning.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as child,
        ):
            killer = Timer(seconds, child.kill)
            killer.start()
            over, cancelled = Event(), Event()
            watcher = Thread(target=_watch, args=(child, stopped, over, cancelled), daemon=True)
            watcher.start()
            try:
                result = _converse(child, asked, progress)
            except BaseException:
                child.kill()
                raise
            finally:
                killer.cancel()
                over.set()
                watcher.join()
            status = child.wait()
            if cancelled.is_set():
                raise TrainingCancelled("The training was cancelled.")
            errors.seek(0)
            return _judged(result, status, errors.read()[-2000:].decode(errors="replace"))


def _watch(child: "subprocess.Popen[str]", stopped: Callable[[], bool], over: Event, cancelled: Event) -> None:
    """Kill the child as soon as it is not wanted any more."""
    while not over.wait(LOOK_EVERY):
        try:
            if stopped():
                cancelled.set()
                child.kill()
                return
        except WatchkeeperError:  # the database is away for a moment; the next look will tell
            continue


def _converse(
    child: "subprocess.Popen[str]", asked: dict[str, object], progress: Callable[[float, str], None]
) -> dict[str, Any]:
    """Ask, pass progress on, and return the last thing said."""
    if child.stdin is None or child.stdout is None:
        raise TypeError("the child was started with pipes")
    try:
        child.stdin.write(json.dumps(asked) + "\n")
        child.stdin.close()
    except BrokenPipeError:
        return {}
    said: dict[str, Any] = {}
    for line in child.stdout:
        said = json.loads(line)
        if "progress" in said:
            progress(said["progress"], said["message"])
    return said


def _judged(result: dict[str, Any], status: int, errors: str) -> dict[str, object]:
    if "card" in result:
        card: dict[str, object] = result["card"]
        return card
    if "error" in result:
        error = result["error"]
        raise Named(error["message"], code=error["code"], fields=tuple(error.get("fields", ())))
    last = errors.strip().splitlines()[-1:] or ["it said nothing"]
    raise FittingFailed(
        f"The training process ended with status {status}: {last[0]}. If memory ran out, train on fewer rows."
    )
