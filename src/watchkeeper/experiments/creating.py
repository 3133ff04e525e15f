"""Asking a question of data, and asking for a version of its answer."""

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.datasets.dataset import Dataset
from watchkeeper.experiments.errors import BudgetRefused
from watchkeeper.experiments.experiment import SEED, Experiment, Model, ModelState, Version, VersionState
from watchkeeper.experiments.ports import Experiments
from watchkeeper.experiments.zones import checked_zone
from watchkeeper.jobs.asking import ask
from watchkeeper.jobs.ports import Jobs
from watchkeeper.learning.planning import Plan
from watchkeeper.names import new_id
from watchkeeper.projects.errors import NameMissing, NameTaken
from watchkeeper.projects.naming import checked_name

TRAIN = "train-version"
SHORTEST, LONGEST = 1.0, 24 * 3600.0


def create_experiment(
    name: str,
    *,
    target: str,
    time: str | None,
    time_zone: str,
    task: str | None,
    exclude: tuple[str, ...],
    permit: Permit,
    experiments: Experiments,
    clock: Clock,
) -> Experiment:
    name = checked_name(name, of="experiment")
    if not target:
        raise NameMissing("Name the target, the column to be predicted.", fields=("target",))
    project = permit.project or ""
    if experiments.named(name, project=project):
        raise NameTaken(
            f"This project has an experiment '{name}' already; train a new version of it.", fields=("name",)
        )
    experiment = Experiment(
        id=new_id(),
        project=project,
        name=name,
        target=target,
        time=time,
        time_zone=checked_zone(time_zone),
        task=task,
        exclude=exclude,
        created=clock.now(),
        created_by=permit.user,
    )
    experiments.add(experiment)
    return experiment


def create_version(
    experiment: Experiment,
    *,
    dataset: Dataset,
    plan: Plan,
    metric: str,
    budget_seconds: float,
    learners: tuple[str, ...],
    permit: Permit,
    experiments: Experiments,
    jobs: Jobs,
    clock: Clock,
    version_id: str | None = None,
    seed: int | None = None,
) -> Version:
    """Keep the version and a waiting model for each learner, and ask for its training. `version_id` is for who has to
    find it again."""
    if not SHORTEST <= budget_seconds <= LONGEST:
        raise BudgetRefused(
            f"The budget has to lie between {SHORTEST:.0f} second and a day.", fields=("budget_seconds",)
        )
    version = Version(
        id=version_id or new_id(),
        experiment=experiment.id,
        number=experiments.next_number(experiment.id),
        dataset=dataset.id,
        state=VersionState.QUEUED,
        task=plan.task,
        metric=metric,
        budget_seconds=budget_seconds,
        learners=learners,
        inputs=[{"name": column.name, "kind": column.kind.value} for column in plan.inputs],
        created=clock.now(),
        created_by=permit.user,
        seed=SEED if seed is None else seed,
    )
    models = [Model(id=new_id(), version=version.id, learner=learner, state=ModelState.WAITING) for learner in learners]
    experiments.add_version(version, models)
    ask(TRAIN, version.id, {}, jobs=jobs, clock=clock)
    return version
