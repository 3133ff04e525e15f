"""One model fitted in a process of its own, which can be killed without harm."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from watchkeeper.clock import Clock
from watchkeeper.experiments.errors import FittingFailed, TrainingCancelled
from watchkeeper.jobs.apart import Ended, named, work_apart

MODULE = "watchkeeper.learning.child"
GRACE = 30.0


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

        def heard(said: Mapping[str, Any]) -> None:
            if "progress" in said:
                progress(said["progress"], said["message"])

        return _card(work_apart(MODULE, asked, heard=heard, stopped=stopped, within=seconds))


def _card(ended: Ended) -> dict[str, object]:
    if ended.cancelled:
        raise TrainingCancelled("The training was cancelled.")
    if "card" in ended.last:
        card: dict[str, object] = ended.last["card"]
        return card
    if "error" in ended.last:
        raise named(FittingFailed, ended.last["error"])
    raise FittingFailed(
        f"The training process ended with status {ended.status}: {ended.error}. If memory ran out, train on fewer rows."
    )
