"""Work done in a process of its own, which can be killed without harm and takes its memory with it.

The process is told what is asked in a line of JSON, and says lines of JSON; the last is its answer, or
`{"error": {"code", "message", "fields"}}`.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread, Timer
from typing import IO, Any, TypeVar

from watchkeeper.errors import WatchkeeperError

LOOK_EVERY = 1.0
TAIL = 2000
"""Bytes of what it wrote to standard error, of which the last line is told."""

Child = subprocess.Popen[str]
Failure = TypeVar("Failure", bound=WatchkeeperError)


@dataclass(frozen=True)
class Ended:
    """The last thing that the process said, {} for nothing; the status it ended with; the last line of what it wrote to
    standard error; whether it was killed because `stopped` said so."""

    last: Mapping[str, Any]
    status: int
    error: str
    cancelled: bool


def work_apart(
    module: str,
    asked: Mapping[str, Any],
    *,
    heard: Callable[[Mapping[str, Any]], None],
    stopped: Callable[[], bool],
    within: float | None = None,
) -> Ended:
    """Run `python -m MODULE` to its end; `heard` is called with each thing it says. It is killed when `stopped` says
    so, when it takes more than so many seconds, and when `heard` fails."""
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as child,
    ):
        with _killed_on_failure(child), _limited(child, within), _watched(child, stopped) as cancelled:
            last = _converse(child, asked, heard)
            status = child.wait()
        return Ended(last, status, _last_line(errors), cancelled.is_set())


def named(kind: type[Failure], said: Mapping[str, Any]) -> Failure:
    """A failure that the process named, with the code that it gave."""
    failure = kind(said["message"], fields=tuple(said.get("fields", ())))
    vars(failure)["code"] = said["code"]
    return failure


@contextmanager
def _killed_on_failure(child: Child) -> Iterator[None]:
    try:
        yield
    except BaseException:
        child.kill()
        raise


@contextmanager
def _limited(child: Child, seconds: float | None) -> Iterator[None]:
    if seconds is None:
        yield
        return
    killer = Timer(seconds, child.kill)
    killer.start()
    try:
        yield
    finally:
        killer.cancel()


@contextmanager
def _watched(child: Child, stopped: Callable[[], bool]) -> Iterator[Event]:
    """The event is set once the child was killed because it is not wanted any more."""
    over, cancelled = Event(), Event()
    watcher = Thread(target=_watch, args=(child, stopped, over, cancelled), daemon=True)
    watcher.start()
    try:
        yield cancelled
    finally:
        over.set()
        watcher.join()


def _watch(child: Child, stopped: Callable[[], bool], over: Event, cancelled: Event) -> None:
    while not over.wait(LOOK_EVERY):
        try:
            if stopped():
                cancelled.set()
                child.kill()
                return
        except WatchkeeperError:  # the database is away for a moment; the next look will tell
            continue


def _converse(child: Child, asked: Mapping[str, Any], heard: Callable[[Mapping[str, Any]], None]) -> Mapping[str, Any]:
    if child.stdin is None or child.stdout is None:
        raise TypeError("the child was started with pipes")
    with suppress(BrokenPipeError):  # it ended before it was asked, and its status says so
        child.stdin.write(json.dumps(asked) + "\n")
    with suppress(BrokenPipeError):
        child.stdin.close()
    said: Mapping[str, Any] = {}
    for line in child.stdout:
        if not line.endswith("\n"):  # it was killed in the middle of a word
            break
        said = json.loads(line)
        heard(said)
    return said


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    written = errors.read()[-TAIL:].decode(errors="replace")
    return (written.strip().splitlines() or ["it said nothing"])[-1]
