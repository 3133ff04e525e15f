"""A batch answered in a process of its own: it can be killed without harm, and takes its memory with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from watchkeeper.batches.batch import Batch, ChunkReport
from watchkeeper.batches.errors import BatchCancelled, BatchStopped
from watchkeeper.batches.ports import BatchPlaces
from watchkeeper.batches.task import Task
from watchkeeper.jobs.apart import Ended, named, work_apart

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ChildAnswer:
    """The Answer port over `python -m MODULE`, which is told {"task", "journal", "data_dir", "disk_low"}, and says
    {"chunk": ChunkReport} as each is kept, last {"done"} or {"error"}."""

    module: str
    data_dir: str
    places: BatchPlaces
    disk_low: str = ""

    def __call__(self, batch: Batch, *, kept: Callable[[ChunkReport], None], stopped: Callable[[], bool]) -> None:
        task = task_of(batch, places=self.places)
        asked = {
            "task": task.to_json(),
            "journal": batch.journal,
            "data_dir": self.data_dir,
            "disk_low": self.disk_low,
        }

        def heard(said: Mapping[str, Any]) -> None:
            if "chunk" in said:
                kept(ChunkReport(**said["chunk"]))

        _see_it_done(work_apart(self.module, asked, heard=heard, stopped=stopped))


def _see_it_done(ended: Ended) -> None:
    if ended.cancelled:
        raise BatchCancelled("The batch was cancelled.")
    if "error" in ended.last:
        raise named(BatchStopped, ended.last["error"])
    if "done" not in ended.last:
        raise BatchStopped(
            f"The process that answered the batch ended with status {ended.status}: {ended.error}. Resume the batch; "
            "if memory ran out, make room first."
        )


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
