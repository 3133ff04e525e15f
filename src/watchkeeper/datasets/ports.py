from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from watchkeeper.datasets.dataset import Dataset


class Datasets(Protocol):
    def add(self, dataset: Dataset) -> None: ...
    def get(self, dataset: str) -> Dataset | None: ...
    def named(self, name: str, *, project: str) -> Dataset | None:
        """The one of this name that did not fail."""
        ...

    def page(self, project: str, *, after: str | None, limit: int) -> list[Dataset]:
        """Newest first; after this id where given."""
        ...

    def replace(self, dataset: Dataset) -> None: ...
    def progress(self, dataset: str, progress: float) -> None: ...
    def remove(self, dataset: str) -> None: ...
    def used_by(self, dataset: str) -> int:
        """How many experiment versions were trained on it."""
        ...


class DatasetPlaces(Protocol):
    """Where the files of a dataset are."""

    def incoming(self, dataset: str) -> Path:
        """The file as it was sent, until it is imported."""
        ...

    def table(self, dataset: str) -> Path:
        """The imported Parquet file."""
        ...


class Unit(Protocol):
    @property
    def datasets(self) -> Datasets: ...


OpenUnit = Callable[[], AbstractContextManager[Unit]]
"""Opens one transaction."""
