"""A batch answered in a process of its own: it can be killed without harm, and takes its memory with it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any, NoReturn

from watchkeeper.batches.batch import Batch, ChunkReport
from watchkeeper.batches.errors import BatchCancelled, BatchStopped
from watchkeeper.batches.ports import BatchPlaces
from watchkeeper.batches.task import Task
from watchkeeper.errors import WatchkeeperError

LOOK_EVERY = 1.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Named(BatchStopped):
    """A failure that the process named."""

    def __init__(self, message: str, *, code: str, fields: tuple[str, ...]) -> None:
        super().__init__(message, fields=fields)
        self.__dict__["code"] = code


@dataclass(frozen=True)
class ChildAnswer:
    """The Answer port over `python -m MODULE`, which is told {"task", "journal", "data_dir"} in a line of JSON, and
    says lines: {"chunk": ChunkReport} as each is kept, last {"done"} or {"error"}."""

    module: str
    data_dir: str
    places: BatchPlaces

    def __call__(self, batch: Batch, *, kept: Callable[[ChunkReport], None], stopped: Callable[[], bool]) -> None:
        task = task_of(batch, places=self.places)
        asked = {"task": task.to_json(), "journal": batch.journal, "data_dir": self.data_dir}
        with (
            tempfile.TemporaryFile() as errors,
            subprocess.Popen(
                [sys.executable, "-m", self.module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as child,
        ):
            over, cancelled = Event(), Event()
            watcher = Thread(target=_watch, args=(child, stopped, over, cancelled), daemon=True)
            watcher.start()
            try:
                last = _converse(child, asked, kept)
            except BaseException:
                child.kill()
                raise
            finally:
                over.set()
                watcher.join()
            status = child.wait()
            if cancelled.is_set():
                raise BatchCancelled("The batch was cancelled.")
            if "done" not in last:
                errors.seek(0)
                _fail(last, status, errors.read()[-2000:].decode(errors="replace"))


def task_of(batch: Batch, *, places: BatchPlaces) -> Task:
    return Task(
        batch=batch.id,
        deployment=batch.deployment,
        release=batch.release,
        champion=batch.champion,
        challenger=batch.challenger,
        models={name: str(places.model(name)) for name in (batch.champion, batch.challenger) if name},
        type_policy=batch.type_policy,
        threshold=batch.threshold,
        chunk_rows=batch.chunk_rows,
        first=batch.chunks,
        asked=int((batch.asked - EPOCH).total_seconds() * 1_000_000),
        table=str(places.table(batch.dataset)),
        results=str(places.batch(batch.id)),
    )


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
    child: "subprocess.Popen[str]", asked: Mapping[str, Any], kept: Callable[[ChunkReport], None]
) -> dict[str, Any]:
    """Ask, pass each chunk on, and return the last thing said."""
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
        if "chunk" in said:
            kept(ChunkReport(**said["chunk"]))
    return said


def _fail(last: Mapping[str, Any], status: int, errors: str) -> NoReturn:
    if "error" in last:
        error = last["error"]
        raise Named(error["message"], code=error["code"], fields=tuple(error.get("fields", ())))
    words = errors.strip().splitlines()[-1:] or ["it said nothing"]
    raise BatchStopped(
        f"The process that answered the batch ended with status {status}: {words[0]}. Resume the batch; if memory ran "
        "out, make room first."
    )
