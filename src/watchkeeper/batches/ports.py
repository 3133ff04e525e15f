from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from watchkeeper.batches.batch import Batch, ChunkReport
from watchkeeper.datasets.ports import DatasetPlaces
from watchkeeper.datasets.ports import Unit as DatasetUnit
from watchkeeper.experiments.ports import Experiments
from watchkeeper.jobs.ports import Jobs
from watchkeeper.serving.ports import Deployments


class Batches(Protocol):
    def add(self, batch: Batch) -> None: ...
    def get(self, batch: str) -> Batch | None: ...
    def held(self, batch: str) -> Batch | None:
        """The same; nobody else changes it until this transaction ends."""
        ...

    def page(self, deployment: str, *, after: str | None, limit: int) -> list[Batch]:
        """Newest first; after this id where given."""
        ...

    def replace(self, batch: Batch) -> None: ...
    def remove(self, batch: str) -> None: ...


class BatchPlaces(DatasetPlaces, Protocol):
    def model(self, model: str) -> Path: ...
    def batch(self, batch: str) -> Path:
        """The directory of its results."""
        ...


class Unit(DatasetUnit, Protocol):
    @property
    def jobs(self) -> Jobs: ...
    @property
    def experiments(self) -> Experiments: ...
    @property
    def deployments(self) -> Deployments: ...
    @property
    def batches(self) -> Batches: ...


OpenUnit = Callable[[], AbstractContextManager[Unit]]


class Answer(Protocol):
    """Answers what is left of a batch."""

    def __call__(self, batch: Batch, *, kept: Callable[[ChunkReport], None], stopped: Callable[[], bool]) -> None:
        """`kept` is told of each chunk once its answers are on the disk. Raises BatchCancelled soon after `stopped`
        says so, or the named error of what went wrong."""
        ...
