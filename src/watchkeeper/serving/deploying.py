"""Giving a model an address, with another as its challenger."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.datasets.ports import Datasets
from watchkeeper.experiments.experiment import Experiment, Model, ModelState
from watchkeeper.experiments.ports import Experiments
from watchkeeper.experiments.zones import checked_zone
from watchkeeper.names import new_id, slug
from watchkeeper.projects.errors import NameTaken
from watchkeeper.projects.naming import checked_name
from watchkeeper.projects.ports import Projects
from watchkeeper.serving.checking import check_rights, check_settings
from watchkeeper.serving.deployment import Deployment, Release, TypePolicy
from watchkeeper.serving.errors import ModelNotReady, ModelsDiffer
from watchkeeper.serving.ports import Deployments, Generations, ModelPlaces
from watchkeeper.serving.setting import SETTINGS


def deploy(
    name: str,
    *,
    champion: str,
    challenger: str | None,
    time_zone: str | None,
    settings: Mapping[str, Any],
    permit: Permit,
    projects: Projects,
    experiments: Experiments,
    datasets: Datasets,
    deployments: Deployments,
    generations: Generations,
    places: ModelPlaces,
    clock: Clock,
) -> Deployment:
    """`settings` are those of its first release that are not as usual; see `SETTINGS`."""
    name = checked_name(name, of="deployment")
    project = projects.get(permit.project or "")
    if project is None:
        raise TypeError("a permit to write names its project")
    experiment = experiment_of(champion, role="champion", project=project.id, experiments=experiments)
    if challenger is not None:
        other = experiment_of(challenger, role="challenger", project=project.id, experiments=experiments)
        _check_pair(champion, challenger, experiment, other)
    for model in filter(None, (champion, challenger)):
        check_files(model, places=places)
    deployment = Deployment(
        id=new_id(),
        project=project.id,
        name=name,
        slug=slug(name),
        address=f"{project.slug}.{slug(name)}",
        experiment=experiment.id,
        time_zone=checked_zone(time_zone or experiment.time_zone),
        created=clock.now(),
        created_by=permit.user,
    )
    if deployments.get(deployment.address):
        raise NameTaken(f"This project has a deployment '{deployment.slug}' already.", fields=("name",))
    known = {setting: SETTINGS[setting].known(value) for setting, value in settings.items()}
    if split := known.get("split"):
        known["split"] = replace(split, begun=deployment.created)
    usual = Release(
        deployment=deployment.id,
        number=1,
        champion=champion,
        challenger=challenger,
        type_policy=TypePolicy.BEST_EFFORT,
        created=deployment.created,
        created_by=permit.user,
        reason="created",
    )
    release = replace(usual, **known)
    check_rights(release, before=usual, permit=permit)
    check_settings(release, experiments=experiments, datasets=datasets)
    deployments.add(deployment, release)
    generations.advance()
    return deployment


def finished_model(model: str, *, role: str, experiments: Experiments) -> Model:
    found = experiments.model(model)
    if found is None or found.state is not ModelState.DONE:
        raise ModelNotReady(
            f"The {role} '{model}' is no trained model of this project. Take one from a leaderboard.", fields=(role,)
        )
    return found


def experiment_of(model: str, *, role: str, project: str, experiments: Experiments) -> Experiment:
    found = finished_model(model, role=role, experiments=experiments)
    version = experiments.version(found.version)
    experiment = experiments.get(version.experiment) if version else None
    if experiment is None or experiment.project != project:
        raise ModelNotReady(
            f"The {role} '{model}' is no trained model of this project. Take one from a leaderboard.", fields=(role,)
        )
    return experiment


def check_files(model: str, *, places: ModelPlaces) -> None:
    """A deployment whose model is gone could neither answer nor be watched."""
    if not (places.model(model) / "reference.parquet").is_file():
        raise ModelNotReady(
            f"The files of the model '{model}' are gone. Train a version again, and take one of its models."
        )


def _check_pair(champion: str, challenger: str, first: Experiment, second: Experiment) -> None:
    if champion == challenger:
        raise ModelsDiffer(
            "Champion and challenger are the same model; choose another challenger or none.", fields=("challenger",)
        )
    if first.id != second.id:
        raise ModelsDiffer(
            f"The challenger answers experiment '{second.name}', the champion '{first.name}'; "
            "both have to answer the same question.",
            fields=("challenger",),
        )
