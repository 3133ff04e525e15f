"""A step at work on a thread of its own: when it is to stop, and what became of it."""

import math
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from watchkeeper.pipelines.steps.kind import Outcome
from watchkeeper.pipelines.steps.log import Log

CANCELLED, GONE, TIMEOUT = "cancelled", "gone", "timeout"


@dataclass
class AtWork:
    """`stopped` says why it was told to stop; `gone` means that this process has to let go of it."""

    timeout: float | None
    log: Log = field(default_factory=Log)
    stopped: str | None = None
    begun: float | None = None
    future: "Future[Outcome] | None" = None
    _told: int = 0

    def begin(self, do: Callable[[], Outcome], pool: ThreadPoolExecutor) -> None:
        def work() -> Outcome:
            self.begun = time.monotonic()
            return do()

        self.future = pool.submit(work)

    def why_stop(self) -> str | None:
        if self.stopped is None and self.begun is not None and time.monotonic() - self.begun > self._most:
            self.stopped = TIMEOUT
        return self.stopped

    def cancel(self) -> None:
        self.stopped = CANCELLED

    def stop(self) -> None:
        self.stopped = GONE

    @property
    def _most(self) -> float:
        return math.inf if self.timeout is None else self.timeout

    @property
    def over(self) -> bool:
        return self.future is not None and self.future.done()

    @property
    def failure(self) -> BaseException | None:
        return self.future.exception() if self.future is not None and not self.future.cancelled() else None

    @property
    def result(self) -> Outcome | None:
        return self.future.result() if self.future is not None and not self.future.cancelled() else None

    def wrote(self) -> bool:
        """Whether there is more in the log than when this was last asked."""
        new, self._told = self.log.changes != self._told, self.log.changes
        return new
