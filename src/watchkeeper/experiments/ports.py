from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from watchkeeper.datasets.ports import Datasets
from watchkeeper.experiments.experiment import Experiment, Model, Version


class Experiments(Protocol):
    def add(self, experiment: Experiment) -> None: ...
    def get(self, experiment: str) -> Experiment | None: ...
    def named(self, name: str, *, project: str) -> Experiment | None: ...
    def page(self, project: str, *, after: str | None, limit: int) -> list[Experiment]:
        """Newest first; after this id where given."""
        ...

    def add_version(self, version: Version, models: list[Model]) -> None: ...
    def version(self, version: str) -> Version | None: ...
    def versions(self, experiment: str) -> list[Version]:
        """By number."""
        ...

    def next_number(self, experiment: str) -> int: ...
    def replace_version(self, version: Version) -> None: ...
    def progress(self, version: str, done: float, message: str) -> None: ...
    def model(self, model: str) -> Model | None: ...
    def models(self, version: str) -> list[Model]:
        """Best first; those without a rank last."""
        ...

    def replace_model(self, model: Model) -> None: ...


class ModelPlaces(Protocol):
    def table(self, dataset: str) -> Path: ...
    def model(self, model: str) -> Path:
        """The directory of a saved model."""
        ...


class Unit(Protocol):
    @property
    def datasets(self) -> Datasets: ...
    @property
    def experiments(self) -> Experiments: ...


OpenUnit = Callable[[], AbstractContextManager[Unit]]


class Fit(Protocol):
    """Fits one model in a child process."""

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
        """The model's card. Raises FittingFailed, or TrainingCancelled once `stopped` says so."""
        ...
