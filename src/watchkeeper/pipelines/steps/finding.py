"""What the fields of steps name."""

from pathlib import Path
from typing import Any

from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.datasets.errors import DatasetNotReady, NoDataset
from watchkeeper.experiments.errors import NoExperiment
from watchkeeper.experiments.experiment import Experiment
from watchkeeper.pipelines.errors import FolderRefused
from watchkeeper.pipelines.fields import references
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.ports import Unit
from watchkeeper.pipelines.steps.kind import Doing, Names
from watchkeeper.serving.deployment import Deployment
from watchkeeper.serving.errors import NoDeployment
from watchkeeper.serving.releasing import Order

MOST = 10_000


def find_deployment(name: Any, *, project: str, work: Unit) -> Deployment | None:
    """By id, address, slug or name."""
    direct = work.deployments.get(str(name))
    if direct is not None:
        return direct if direct.project == project else None
    found = work.deployments.page(project, after=None, limit=MOST)
    return next((each for each in found if name in {each.slug, each.name}), None)


def find_dataset(name: Any, *, project: str, work: Unit) -> Dataset | None:
    """By id or name."""
    direct = work.datasets.get(str(name))
    found = direct if direct is not None else work.datasets.named(str(name), project=project)
    return found if found is not None and found.project == project else None


def find_experiment(name: Any, *, project: str, work: Unit) -> Experiment | None:
    """By id or name."""
    direct = work.experiments.get(str(name))
    found = direct if direct is not None else work.experiments.named(str(name), project=project)
    return found if found is not None and found.project == project else None


def deployment_of(doing: Doing, work: Unit) -> Deployment:
    name = doing.fields.get("deployment") or doing.pipeline.deployment
    found = find_deployment(name, project=doing.run.project, work=work)
    if found is None:
        raise NoDeployment(f"There is no deployment '{name}' in this project any more.")
    return found


def dataset_of(doing: Doing, work: Unit, field: str = "dataset") -> Dataset:
    name = doing.fields[field]
    found = find_dataset(name, project=doing.run.project, work=work)
    if found is None:
        raise NoDataset(f"There is no dataset '{name}' in this project.")
    if found.state is not State.READY:
        raise DatasetNotReady(f"The dataset '{found.name}' is {found.state}; it can't be used.")
    return found


def experiment_of(doing: Doing, work: Unit) -> Experiment:
    name = doing.fields.get("experiment") or deployment_of(doing, work).experiment
    found = find_experiment(name, project=doing.run.project, work=work)
    if found is None:
        raise NoExperiment(f"There is no experiment '{name}' in this project.")
    return found


def order_of(doing: Doing, *, expected: int | None) -> Order:
    work = doing.work
    said = doing.fields.get("reason")
    return Order(
        permit=doing.permit,
        reason=f"{doing.why}{f': {said}' if said else ''}"[:500],
        expected=expected,
        experiments=work.experiments,
        datasets=work.datasets,
        deployments=work.deployments,
        generations=work.generations,
        places=doing.tools.places,
        clock=doing.tools.clock,
        run=doing.mark,
    )


def check_deployment(step: Step, names: Names) -> None:
    given = step.fields.get("deployment")
    if given is None and names.deployment is None:
        names.refuse(step, "deployment", f"The step '{step.name}' needs a deployment: its own, or the pipeline's.")
    if _literal(given) and find_deployment(given, project=names.project, work=names.work) is None:
        names.refuse(step, "deployment", f"There is no deployment '{given}' in this project.")


def check_dataset(step: Step, names: Names) -> None:
    given = step.fields.get("dataset")
    if _literal(given) and find_dataset(given, project=names.project, work=names.work) is None:
        names.refuse(step, "dataset", f"There is no dataset '{given}' in this project.")


def check_path(step: Step, names: Names) -> None:
    given = step.fields.get("path")
    if _literal(given):
        try:
            allowed(str(given), names.folders)
        except FolderRefused as refused:
            names.refuse(step, "path", refused.message)


def _literal(given: Any) -> bool:
    """Whether it is known before a run."""
    return given is not None and not any(references(given))


def allowed(path: str, folders: tuple[Path, ...]) -> Path:
    """The path with its links followed; a relative one is below the first folder."""
    full = (folders[0] / path).resolve()
    if not any(full.is_relative_to(folder.resolve()) for folder in folders):
        there = ", ".join(str(folder) for folder in folders)
        raise FolderRefused(f"'{path}' is outside the folders that pipelines may reach: {there}.", fields=("path",))
    return full
