from collections.abc import Callable, Mapping
from typing import Protocol

from watchkeeper.jobs.job import Job, State


class Jobs(Protocol):
    def add(self, job: Job) -> None: ...
    def asked(self, limit: int) -> list[Job]:
        """The oldest jobs that no worker has been given."""
        ...

    def mark(self, job: str, state: State) -> None:
        """RUNNING only marks a job that is still ASKED: it may be done before its taker could say so."""
        ...


Work = Callable[[str, Mapping[str, object]], None]
"""Does one kind of job for a subject. It may be run again after a crash, so it must be idempotent."""


class Runner(Protocol):
    def start(self, job: Job) -> None:
        """Take the job on durably: once this returns, it is run to its end whatever is killed. Twice changes
        nothing."""
        ...
