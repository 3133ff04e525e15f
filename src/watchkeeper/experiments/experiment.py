"""A question, a version of it, and a model that answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

SEED = 20_260_101
"""Of the chance in a training, where none is chosen."""


@dataclass(frozen=True)
class Experiment:
    id: str
    project: str
    name: str
    target: str
    time: str | None
    time_zone: str
    task: str | None
    exclude: tuple[str, ...]
    created: datetime
    created_by: str


class VersionState(StrEnum):
    QUEUED = "queued"
    TRAINING = "training"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Version:
    """One training of an experiment on one dataset. `inputs` are the columns its models take; `bin_sets` count its
    inputs and target as the dataset had them."""

    id: str
    experiment: str
    number: int
    dataset: str
    state: VersionState
    task: str
    metric: str
    budget_seconds: float
    learners: tuple[str, ...]
    inputs: Sequence[Mapping[str, Any]]
    created: datetime
    created_by: str
    done: float = 0.0
    message: str = ""
    error: Mapping[str, Any] | None = None
    finished: datetime | None = None
    bin_sets: Mapping[str, Any] | None = None
    seed: int = SEED


class ModelState(StrEnum):
    WAITING = "waiting"
    FITTING = "fitting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Model:
    """`card` is what the model says of itself: signature, parameters, metrics, importances, reference."""

    id: str
    version: str
    learner: str
    state: ModelState
    card: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    rank: int | None = None
