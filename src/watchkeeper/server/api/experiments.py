from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from watchkeeper.access.role import Right
from watchkeeper.datasets.errors import NoDataset
from watchkeeper.experiments.creating import create_experiment, create_version
from watchkeeper.experiments.errors import NoExperiment
from watchkeeper.experiments.experiment import Experiment, Model, Version
from watchkeeper.learning.planning import default_metric, known_learners, plan
from watchkeeper.server.api.datasets import ready_dataset
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged
from watchkeeper.server.problem import problem_of
from watchkeeper.storage.work import Work

router = APIRouter(tags=["experiments"])

SHOWN = ("rows", "reference", "holdout", "runtime", "intervals", "digest")
"""Of a model's card, as its files have it; the rest has fields of its own."""


class ExperimentWanted(BaseModel):
    name: str
    target: str
    time: str | None = None
    time_zone: str = "UTC"
    task: str | None = None
    exclude: list[str] = Field(default_factory=list)


class VersionBrief(BaseModel):
    id: str
    number: int
    state: str


class ExperimentShown(BaseModel):
    id: str
    project: str
    name: str
    target: str
    time: str | None
    time_zone: str
    task: str | None
    exclude: list[str]
    created: datetime
    versions: list[VersionBrief]


class VersionWanted(BaseModel):
    dataset: str
    metric: str | None = None
    budget_seconds: float = 120.0
    learners: list[str] | None = None


class Progress(BaseModel):
    done: float
    message: str


class ModelShown(BaseModel):
    id: str
    version: str
    learner: str
    state: str
    error: Mapping[str, Any] | None
    metrics: Mapping[str, float | None]
    parameters: Mapping[str, Any]
    importances: Mapping[str, float]
    signature: Mapping[str, Any]
    seconds: float | None
    rank: int | None
    card: Mapping[str, Any]


class VersionShown(BaseModel):
    id: str
    experiment: str
    number: int
    dataset: str
    state: str
    error: Mapping[str, Any] | None
    task: str
    metric: str
    budget_seconds: float
    inputs: list[Mapping[str, Any]]
    progress: Progress
    models: list[ModelShown]
    created: datetime
    finished: datetime | None


@router.get("/projects/{project}/experiments", **needs(Right.READ))
def list_experiments(
    permit: ThePermit, assembly: TheAssembly, limit: Limit = 100, cursor: Cursor = None
) -> Page[ExperimentShown]:
    with assembly.store.look() as work:
        found = work.experiments.page(permit.project or "", after=cursor, limit=limit + 1)
        return paged(
            found,
            limit=limit,
            show=lambda experiment: show_experiment(experiment, work),
            cursor=lambda experiment: experiment.id,
        )


@router.post("/projects/{project}/experiments", status_code=201, **needs(Right.WRITE))
def make_experiment(wanted: ExperimentWanted, permit: ThePermit, assembly: TheAssembly) -> ExperimentShown:
    with assembly.store.work() as work:
        experiment = create_experiment(
            wanted.name,
            target=wanted.target,
            time=wanted.time,
            time_zone=wanted.time_zone,
            task=wanted.task,
            exclude=tuple(wanted.exclude),
            permit=permit,
            experiments=work.experiments,
            clock=assembly.clock,
        )
        return show_experiment(experiment, work)


@router.get("/experiments/{experiment}", **needs(Right.READ))
def get_experiment(experiment: str, assembly: TheAssembly) -> ExperimentShown:
    with assembly.store.look() as work:
        return show_experiment(the_experiment(experiment, work), work)


@router.post("/experiments/{experiment}/versions", status_code=202, **needs(Right.WRITE))
def make_version(experiment: str, wanted: VersionWanted, permit: ThePermit, assembly: TheAssembly) -> VersionShown:
    """Train a version. It is done after the answer: ask for the version until its `state` is `done` or `failed`."""
    with assembly.store.look() as work:
        question = the_experiment(experiment, work)
        known = work.datasets.get(wanted.dataset)
    if known is None or known.project != question.project:
        raise NoDataset("There is no such dataset in this project.", fields=("dataset",))
    dataset = ready_dataset(known.id, assembly)
    planned = plan(
        dataset.schema,
        assembly.places.table(dataset.id),
        target=question.target,
        time=question.time,
        exclude=question.exclude,
        task=question.task,
    )
    with assembly.store.work() as work:
        version = create_version(
            question,
            dataset=dataset,
            plan=planned,
            metric=default_metric(planned.task, wanted.metric),
            budget_seconds=wanted.budget_seconds,
            learners=known_learners(wanted.learners),
            permit=permit,
            experiments=work.experiments,
            jobs=work.jobs,
            clock=assembly.clock,
        )
        return show_version(version, work)


@router.get("/versions/{version}", **needs(Right.READ))
def get_version(version: str, assembly: TheAssembly) -> VersionShown:
    with assembly.store.look() as work:
        found = work.experiments.version(version)
        if found is None:
            raise NoExperiment("There is no such version here.")
        return show_version(found, work)


@router.get("/models/{model}", **needs(Right.READ))
def get_model(model: str, assembly: TheAssembly) -> ModelShown:
    with assembly.store.look() as work:
        found = work.experiments.model(model)
    if found is None:
        raise NoExperiment("There is no such model here.")
    return show_model(found)


def the_experiment(experiment: str, work: Work) -> Experiment:
    found = work.experiments.get(experiment)
    if found is None:
        raise NoExperiment("There is no such experiment here.")
    return found


def show_experiment(experiment: Experiment, work: Work) -> ExperimentShown:
    versions = [
        VersionBrief(id=version.id, number=version.number, state=version.state)
        for version in work.experiments.versions(experiment.id)
    ]
    return ExperimentShown(**{**vars(experiment), "exclude": list(experiment.exclude), "versions": versions})


def show_version(version: Version, work: Work) -> VersionShown:
    return VersionShown(
        **{
            **vars(version),
            "error": problem_of(version.error),
            "inputs": list(version.inputs),
            "progress": Progress(done=version.done, message=version.message),
            "models": [show_model(model) for model in work.experiments.models(version.id)],
        }
    )


def show_model(model: Model) -> ModelShown:
    card = dict(model.card or {})
    return ModelShown(
        **{
            **vars(model),
            "error": problem_of(model.error),
            "metrics": card.get("metrics", {}),
            "parameters": card.get("parameters", {}),
            "importances": card.get("importances", {}),
            "signature": card.get("signature", {}),
            "seconds": card.get("seconds"),
            "card": {name: card[name] for name in SHOWN if name in card},
        }
    )
