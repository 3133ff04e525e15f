"""The process that answers a batch: `python -m watchkeeper.server.batching`; see `batches.child` for what is said."""

import json
import os
import sys
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from watchkeeper.batches.answering import answer_chunks
from watchkeeper.batches.running import described
from watchkeeper.batches.task import Task
from watchkeeper.health.disk import measured
from watchkeeper.learning.child import end_with, own_output
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.journal.store import SegmentStore

NICE = 5
"""Beyond the worker's own: a caller of the plane can't wait, a batch can."""


def main() -> None:
    end_with(os.getppid())
    os.nice(NICE)
    said = own_output()

    def say(line: Mapping[str, Any]) -> None:
        said.write(json.dumps(line, allow_nan=False) + "\n")
        said.flush()

    try:
        asked = json.loads(sys.stdin.readline())
        segments = SegmentStore(Places(Path(asked["data_dir"])).segments(), process="batch")
        try:
            full = partial(said_of, Path(asked["data_dir"]), low=asked["disk_low"])
            task = Task.from_json(asked["task"])
            for report in answer_chunks(task, record=segments if asked["journal"] else None, full=full):
                say({"chunk": vars(report)})
        finally:
            segments.close()
        say({"done": True})
    except Exception as failure:  # noqa: BLE001  (whatever a library raises is told to the parent)
        traceback.print_exc()
        say({"error": described(failure)})


def said_of(place: Path, *, low: str) -> str | None:
    """Into the last of the room no batch goes, whatever becomes of calls: it can be resumed, they can't."""
    disk = measured(place, low=low)
    return f"{disk.left} What is left is for what was answered already." if disk.full else None


if __name__ == "__main__":
    main()
